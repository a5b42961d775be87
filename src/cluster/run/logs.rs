//! Follows the output of every container of a hook's pods: each attempt, each restart, init containers too.
//!
//! Lines come with the kubelet's time stamps, which are taken off again: after a cut they tell where to go on, so that no line is lost
//! or comes twice.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use futures::AsyncReadExt;
use http::{Method, Request};
use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout_at};

use crate::cluster::error::{ClusterError, ErrorKind};
use crate::cluster::readiness::containers;

use super::diagnosis::{LINES, pods_of_job};
use super::event::LogSource;
use super::lines::Lines;
use super::target::{Made, escape, text};
use super::write::Backoff;

/// How many times in a row a log may fail to open before it is given up.
const TRIES: u32 = 20;

/// What comes from containers.
#[derive(Clone, Debug)]
pub(super) enum Output {
    /// A line.
    Line(LogSource, String),
    /// Logs cannot be read.
    Refused(ClusterError),
}

/// Where output goes, with the hook it is of.
pub(super) type Tell = mpsc::Sender<(u32, Output)>;

/// The last lines of containers whose output is known to its end.
pub(super) type Kept = HashMap<String, Vec<String>>;

/// The logs of a hook's pods.
pub(super) struct Logs {
    client: kube::Client,
    hook: u32,
    followed: HashSet<String>,
    tasks: JoinSet<()>,
    tell: Tell,
    over: watch::Sender<Over>,
    kept: Arc<Mutex<Kept>>,
}

/// Which containers write no more.
#[derive(Default)]
struct Over {
    /// Everything that will be read has been written.
    all: bool,
    ids: HashSet<String>,
}

impl Over {
    fn has(&self, id: &str) -> bool {
        self.all || self.ids.contains(id)
    }
}

impl Logs {
    /// Follows nothing yet.
    pub(super) fn new(client: &kube::Client, hook: u32, tell: Tell) -> Logs {
        Logs {
            client: client.clone(),
            hook,
            followed: HashSet::new(),
            tasks: JoinSet::new(),
            tell,
            over: watch::Sender::default(),
            kept: Arc::default(),
        }
    }

    /// Follows the containers of a pod that have begun and are not followed yet.
    pub(super) fn take(&mut self, pod: &Value) {
        let (namespace, name) = (text(pod, "/metadata/namespace"), text(pod, "/metadata/name"));
        let path = format!("/api/v1/namespaces/{}/pods/{}", escape(namespace), escape(name));
        let init: HashSet<&str> = names(pod, "/status/initContainerStatuses").collect();
        for status in containers(pod) {
            let container = text(status, "/name");
            let former = text(status, "/lastState/terminated/containerID");
            let ended = status.pointer("/state/terminated").is_some();
            let begun = ended || status.pointer("/state/running").is_some();
            let current = if begun { text(status, "/containerID") } else { "" };
            if ended {
                self.over.send_if_modified(|over| over.ids.insert(current.to_owned()));
            }
            for (id, previous) in [(former, true), (current, false)] {
                let key = key(name, id);
                if id.is_empty() || !self.followed.insert(key.clone()) {
                    continue;
                }
                let source =
                    LogSource { pod: name.to_owned(), container: container.to_owned(), init: init.contains(container) };
                let (hook, tell, over) = (self.hook, self.tell.clone(), self.over.subscribe());
                let log = Log { path: path.clone(), source, id: id.to_owned(), key, previous, hook, tell, over };
                self.tasks.spawn(log.follow(self.client.clone(), self.kept.clone()));
            }
        }
    }

    /// Reads to its end what has been written by now, until this time; of these Jobs also what pods wrote that were not seen. Gives
    /// the last lines.
    pub(super) async fn finish(mut self, until: Instant, unseen: Vec<Made>) -> Kept {
        let all = async {
            for job in &unseen {
                if let Ok(pods) = pods_of_job(&self.client, job).await {
                    pods.iter().rev().for_each(|pod| self.take(pod));
                }
            }
            self.over.send_modify(|over| over.all = true);
            while self.tasks.join_next().await.is_some() {}
        };
        // What cannot be read by then is not waited for: the cluster does not answer.
        let _ = timeout_at(until, all).await;
        std::mem::take(&mut *self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Becomes ready when a container writes no more.
async fn ended(over: &mut watch::Receiver<Over>, id: &str) {
    if over.wait_for(|over| over.has(id)).await.is_err() {
        // Nobody is there to say so.
        std::future::pending::<()>().await;
    }
}

/// The name of a container's run among [`Kept`].
pub(super) fn key(pod: &str, id: &str) -> String {
    format!("{pod}/{id}")
}

/// The output of one container, from its beginning to its end.
struct Log {
    path: String,
    source: LogSource,
    id: String,
    key: String,
    previous: bool,
    hook: u32,
    tell: Tell,
    over: watch::Receiver<Over>,
}

/// Where a log was left: the time of the last line, and how many lines had that time; and the last lines.
#[derive(Default)]
struct Mark {
    last: Option<Timestamp>,
    lines: usize,
    recent: VecDeque<String>,
}

/// What has to be passed over when a log is opened again.
struct Resumed {
    last: Option<Timestamp>,
    lines: usize,
}

/// How reading a log ended.
enum Read {
    /// As logs do.
    End,
    /// It was cut.
    Cut,
    /// Nobody listens.
    Unheard,
}

impl Log {
    async fn follow(self, client: kube::Client, kept: Arc<Mutex<Kept>>) {
        let mut mark = Mark::default();
        let (mut backoff, mut tries) = (Backoff::new(), 0);
        let mut over = self.over.clone();
        loop {
            let before = mark.last;
            let is_over = self.previous || over.borrow().has(&self.id);
            let read = if is_over {
                self.read(&client, &mut mark, false).await
            } else {
                // A log that is followed is told to be over up to a second late: what is missing is read without following then.
                tokio::select! {
                    biased;
                    read = self.read(&client, &mut mark, true) => read,
                    () = ended(&mut over, &self.id) => continue,
                }
            };
            match read {
                Ok(Read::Unheard) => return,
                Ok(Read::End) if is_over => {
                    kept.lock().unwrap_or_else(PoisonError::into_inner).insert(self.key, mark.recent.into());
                    return;
                }
                // Unless its container has ended it was cut on the way.
                Ok(Read::End | Read::Cut) => {}
                Err(error) if error.kind == ErrorKind::Forbidden => {
                    // Nobody listening is no reason to do more.
                    let _ = self.tell.send((self.hook, Output::Refused(error))).await;
                    return;
                }
                Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Invalid) => return,
                Err(_) => {}
            }
            if mark.last != before {
                (backoff, tries) = (Backoff::new(), 0);
            }
            tries += 1;
            if tries > TRIES {
                return;
            }
            let pause = sleep(backoff.next());
            if is_over {
                pause.await;
                continue;
            }
            tokio::select! {
                () = pause => {}
                () = ended(&mut over, &self.id) => {}
            }
        }
    }

    async fn read(&self, client: &kube::Client, mark: &mut Mark, follow: bool) -> Result<Read, ClusterError> {
        let since = mark.since().map(|since| format!("&sinceTime={}", escape(&since))).unwrap_or_default();
        let container = escape(&self.source.container);
        let (path, previous) = (&self.path, self.previous);
        let how = if follow {
            "follow=true"
        } else if previous {
            "previous=true"
        } else {
            "follow=false"
        };
        let path = format!("{path}/log?container={container}&{how}&timestamps=true{since}");
        let request = Request::builder().method(Method::GET).uri(path).body(Vec::new());
        let request = request.map_err(|error| ClusterError::new(ErrorKind::Invalid, error.to_string()))?;
        let mut stream = std::pin::pin!(client.request_stream(request).await?);
        let mut lines = Lines::default();
        let mut bytes = vec![0; 16 << 10];
        let mut again = mark.resume();
        loop {
            let read = match stream.read(&mut bytes).await {
                Ok(0) => break,
                Ok(read) => read,
                Err(_) => return Ok(Read::Cut),
            };
            for line in lines.take(bytes.get(..read).unwrap_or_default()) {
                if !self.tell(&line, mark, &mut again).await {
                    return Ok(Read::Unheard);
                }
            }
        }
        if let Some(line) = lines.finish()
            && !self.tell(&line, mark, &mut again).await
        {
            return Ok(Read::Unheard);
        }
        Ok(Read::End)
    }

    /// Tells a line that was not told before; false when nobody listens. Told and marked are one step, whenever this is given up.
    async fn tell(&self, line: &str, mark: &mut Mark, again: &mut Resumed) -> bool {
        let Ok(room) = self.tell.reserve().await else { return false };
        let (time, line) = stamped(line);
        if let Some(time) = time {
            if again.is_old(time) {
                return true;
            }
            mark.pass(time);
        }
        mark.keep(line);
        room.send((self.hook, Output::Line(self.source.clone(), line.to_owned())));
        true
    }
}

impl Mark {
    /// The second to begin at.
    fn since(&self) -> Option<String> {
        let second = Timestamp::from_second(self.last?.as_second()).ok()?;
        Some(second.to_string())
    }

    /// What has to be passed over when a log is opened again.
    fn resume(&self) -> Resumed {
        Resumed { last: self.last, lines: self.lines }
    }

    /// Counts a line.
    fn pass(&mut self, time: Timestamp) {
        self.lines = if self.last == Some(time) { self.lines + 1 } else { 1 };
        self.last = Some(time);
    }

    fn keep(&mut self, line: &str) {
        if self.recent.len() == LINES {
            self.recent.pop_front();
        }
        self.recent.push_back(line.to_owned());
    }
}

impl Resumed {
    /// True for a line that was told before the log was opened again.
    fn is_old(&mut self, time: Timestamp) -> bool {
        match self.last {
            Some(last) if time < last => true,
            Some(last) if time == last && self.lines > 0 => {
                self.lines -= 1;
                true
            }
            _ => false,
        }
    }
}

/// A line without its time stamp. A line that was cut in two has one only at its beginning.
fn stamped(line: &str) -> (Option<Timestamp>, &str) {
    let (stamp, rest) = line.split_once(' ').unwrap_or((line, ""));
    match stamp.parse() {
        Ok(time) => (Some(time), rest),
        Err(_) => (None, line),
    }
}

fn names<'a>(pod: &'a Value, pointer: &str) -> impl Iterator<Item = &'a str> {
    let statuses = pod.pointer(pointer).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    statuses.iter().map(|status| text(status, "/name"))
}
