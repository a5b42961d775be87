//! Follows the output of every container of a hook's pods: each attempt, each restart, init containers too.
//!
//! Lines come with the kubelet's time stamps, which are taken off again: after a cut they tell where to go on, so that no line is lost
//! or comes twice.

use std::collections::HashSet;

use futures::AsyncReadExt;
use http::{Method, Request};
use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout_at};

use crate::cluster::error::{ClusterError, ErrorKind};
use crate::cluster::readiness::containers;

use super::event::LogSource;
use super::lines::Lines;
use super::observe::ask;
use super::target::{escape, text};
use super::write::Backoff;

/// How many lines may wait to be told.
const WAITING: usize = 1024;
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

/// The logs of a hook's pods.
pub(super) struct Logs {
    client: kube::Client,
    followed: HashSet<String>,
    tasks: JoinSet<()>,
    tell: mpsc::Sender<Output>,
    told: mpsc::Receiver<Output>,
}

impl Logs {
    /// Follows nothing yet.
    pub(super) fn new(client: &kube::Client) -> Logs {
        let (tell, told) = mpsc::channel(WAITING);
        Logs { client: client.clone(), followed: HashSet::new(), tasks: JoinSet::new(), tell, told }
    }

    /// Follows the containers of a pod that have begun and are not followed yet.
    pub(super) fn take(&mut self, pod: &Value) {
        let (namespace, name) = (text(pod, "/metadata/namespace"), text(pod, "/metadata/name"));
        let path = format!("/api/v1/namespaces/{}/pods/{}", escape(namespace), escape(name));
        let init: HashSet<&str> = names(pod, "/status/initContainerStatuses").collect();
        for status in containers(pod) {
            let container = text(status, "/name");
            let former = text(status, "/lastState/terminated/containerID");
            let begun = status.pointer("/state/running").or_else(|| status.pointer("/state/terminated")).is_some();
            let current = if begun { text(status, "/containerID") } else { "" };
            for (id, previous) in [(former, true), (current, false)] {
                if id.is_empty() || !self.followed.insert(format!("{name}/{id}")) {
                    continue;
                }
                let source =
                    LogSource { pod: name.to_owned(), container: container.to_owned(), init: init.contains(container) };
                let log = Log { path: path.clone(), source, id: id.to_owned(), previous };
                self.tasks.spawn(log.follow(self.client.clone(), self.tell.clone()));
            }
        }
    }

    /// The next line.
    pub(super) async fn next(&mut self) -> Output {
        match self.told.recv().await {
            Some(output) => output,
            // Cannot be: a sender lives in this very value.
            None => std::future::pending().await,
        }
    }

    /// What is still to come from containers that have ended, until this time.
    pub(super) async fn drain(&mut self, until: Instant, mut tell: impl FnMut(Output)) {
        let all = async {
            loop {
                tokio::select! {
                    biased;
                    output = self.told.recv() => output.into_iter().for_each(&mut tell),
                    ended = self.tasks.join_next() => if ended.is_none() { break },
                }
            }
            while let Ok(output) = self.told.try_recv() {
                tell(output);
            }
        };
        // Whatever is cut off here belongs to a container that still runs.
        let _ = timeout_at(until, all).await;
    }
}

/// The output of one container, from its beginning to its end.
struct Log {
    path: String,
    source: LogSource,
    id: String,
    previous: bool,
}

/// Where a log was left: the time of the last line, and how many lines had that time.
#[derive(Default)]
struct Mark {
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
    async fn follow(self, client: kube::Client, tell: mpsc::Sender<Output>) {
        let mut mark = Mark::default();
        let (mut backoff, mut tries) = (Backoff::new(), 0);
        loop {
            let before = mark.last;
            match self.read(&client, &mut mark, &tell).await {
                Ok(Read::Unheard) => return,
                Ok(Read::End) if self.previous || !self.still_runs(&client).await => return,
                Ok(Read::End | Read::Cut) => {}
                Err(error) if error.kind == ErrorKind::Forbidden => {
                    // Nobody listening is no reason to do more.
                    let _ = tell.send(Output::Refused(error)).await;
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
            sleep(backoff.next()).await;
        }
    }

    async fn read(
        &self,
        client: &kube::Client,
        mark: &mut Mark,
        tell: &mpsc::Sender<Output>,
    ) -> Result<Read, ClusterError> {
        let how = if self.previous { "previous=true" } else { "follow=true" };
        let since = mark.since().map(|since| format!("&sinceTime={}", escape(&since))).unwrap_or_default();
        let container = escape(&self.source.container);
        let path = format!("{}/log?container={container}&{how}&timestamps=true{since}", self.path);
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
                if !self.tell(line, mark, &mut again, tell).await {
                    return Ok(Read::Unheard);
                }
            }
        }
        if let Some(line) = lines.finish()
            && !self.tell(line, mark, &mut again, tell).await
        {
            return Ok(Read::Unheard);
        }
        Ok(Read::End)
    }

    /// Tells a line that was not told before; false when nobody listens.
    async fn tell(&self, line: String, mark: &mut Mark, again: &mut Mark, tell: &mpsc::Sender<Output>) -> bool {
        let (time, line) = stamped(&line);
        if let Some(time) = time {
            if again.is_old(time) {
                return true;
            }
            mark.pass(time);
        }
        tell.send(Output::Line(self.source.clone(), line.to_owned())).await.is_ok()
    }

    /// A log that ends although its container runs was cut on the way.
    async fn still_runs(&self, client: &kube::Client) -> bool {
        let Ok(pod) = ask(client, &self.path).await else { return false };
        let own = containers(&pod).find(|status| text(status, "/containerID") == self.id);
        own.is_some_and(|status| status.pointer("/state/running").is_some())
    }
}

impl Mark {
    /// The second to begin at.
    fn since(&self) -> Option<String> {
        let second = Timestamp::from_second(self.last?.as_second()).ok()?;
        Some(second.to_string())
    }

    /// What has to be passed over when a log is opened again.
    fn resume(&self) -> Mark {
        Mark { last: self.last, lines: self.lines }
    }

    /// Counts a line.
    fn pass(&mut self, time: Timestamp) {
        self.lines = if self.last == Some(time) { self.lines + 1 } else { 1 };
        self.last = Some(time);
    }

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
