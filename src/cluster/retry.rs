//! Reads that a server or a connection refuses for the moment are tried again, all in one way: a few times, for some seconds, later
//! where the server says when.
//!
//! Writes are not: whether one was done is for its sender to find out. What a run asks is tried again by the run, which tells of it.

use std::error::Error;
use std::io;
use std::time::Duration;

use http::header::RETRY_AFTER;
use http::{Method, Request, Response, StatusCode};
use kube::client::Body;
use tokio::time::{Instant, Sleep, sleep};
use tower::BoxError;
use tower::retry::Policy;

use super::transport::is_endless;

/// How many times a read is tried at most.
const TRIES: u32 = 5;
/// How long after its first failure a read is tried again at most.
const PATIENCE: Duration = Duration::from_secs(15);
/// The first pause; each one is twice as long as the one before.
const PAUSE: Duration = Duration::from_millis(200);

/// Marks a request whose sender decides itself what is tried again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Once;

/// Tries reads again.
#[derive(Clone, Debug, Default)]
pub(super) struct Reads {
    tries: u32,
    until: Option<Instant>,
}

impl<B> Policy<Request<Body>, Response<B>, BoxError> for Reads {
    type Future = Sleep;

    fn retry(&mut self, request: &mut Request<Body>, result: &mut Result<Response<B>, BoxError>) -> Option<Sleep> {
        let wanted = match result {
            Ok(answer) if is_passing(answer.status(), request.method()) => after(answer),
            Ok(_) => return None,
            Err(error) if is_broken(error.as_ref()) => None,
            Err(_) => return None,
        };
        self.tries += 1;
        let now = Instant::now();
        let until = *self.until.get_or_insert(now + PATIENCE);
        let pause = wanted.unwrap_or_default().max(PAUSE * (1 << (self.tries - 1).min(8)));
        (self.tries < TRIES && now + pause <= until).then(|| sleep(pause))
    }

    fn clone_request(&mut self, request: &Request<Body>) -> Option<Request<Body>> {
        if !is_read(request) {
            return None;
        }
        let mut copy = Request::new(request.body().try_clone()?);
        *copy.method_mut() = request.method().clone();
        *copy.uri_mut() = request.uri().clone();
        *copy.version_mut() = request.version();
        *copy.headers_mut() = request.headers().clone();
        *copy.extensions_mut() = request.extensions().clone();
        Some(copy)
    }
}

/// Whether a request changes nothing and is answered as a whole.
fn is_read(request: &Request<Body>) -> bool {
    let uri = request.uri();
    let asks = match *request.method() {
        Method::GET | Method::HEAD => !is_endless(uri),
        _ => {
            let query = uri.query().unwrap_or_default();
            uri.path().ends_with("/selfsubjectaccessreviews") || query.split('&').any(|pair| pair == "dryRun=All")
        }
    };
    asks && request.extensions().get::<Once>().is_none()
}

/// Whether another answer may come a moment later. What a server makes of an object stays, even where it is a 500.
fn is_passing(code: StatusCode, method: &Method) -> bool {
    match code {
        StatusCode::TOO_MANY_REQUESTS
        | StatusCode::BAD_GATEWAY
        | StatusCode::SERVICE_UNAVAILABLE
        | StatusCode::GATEWAY_TIMEOUT => true,
        StatusCode::INTERNAL_SERVER_ERROR => *method == Method::GET,
        _ => false,
    }
}

/// When the server wants to be asked again.
fn after<B>(answer: &Response<B>) -> Option<Duration> {
    answer.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}

/// Whether a connection broke or did not come about, rather than being refused for good (a certificate, say) or silent for long.
fn is_broken(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            use io::ErrorKind::{
                BrokenPipe, ConnectionAborted, ConnectionRefused, ConnectionReset, NotConnected, UnexpectedEof,
            };
            let kinds =
                [BrokenPipe, ConnectionAborted, ConnectionRefused, ConnectionReset, NotConnected, UnexpectedEof];
            if kinds.contains(&error.kind()) {
                return true;
            }
        }
        if error.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_incomplete_message) {
            return true;
        }
        cause = error.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;
    use kube::client::Client;
    use tower::ServiceBuilder;
    use tower::retry::RetryLayer;

    use crate::cluster::release::{Driver, Store};

    /// A server that answers with these words in turn, the last for ever, and the times it was asked at.
    fn client(script: &'static str) -> (Client, Arc<Mutex<Vec<f32>>>) {
        let (asked, begun) = (Arc::new(Mutex::new(Vec::new())), Instant::now());
        let log = asked.clone();
        let service = tower::service_fn(move |_: Request<Body>| {
            let mut log = log.lock().unwrap();
            let word = script.split(' ').nth(log.len()).or_else(|| script.split(' ').next_back()).unwrap();
            log.push(begun.elapsed().as_secs_f32());
            let (code, after) = word.split_once('/').unwrap_or((word, ""));
            let answer = match code.parse::<u16>() {
                Ok(code) => {
                    let empty = r#"{"kind": "List", "apiVersion": "v1", "metadata": {}, "items": []}"#;
                    let builder = Response::builder().status(code);
                    let builder = if after.is_empty() { builder } else { builder.header(RETRY_AFTER, after) };
                    Ok(builder.body(Body::from(empty.as_bytes().to_vec())).unwrap())
                }
                Err(_) if code == "reset" => Err(BoxError::from(io::Error::from(io::ErrorKind::ConnectionReset))),
                Err(_) => Err(BoxError::from(io::Error::new(io::ErrorKind::InvalidData, "bad certificate"))),
            };
            std::future::ready(answer)
        });
        let service = ServiceBuilder::new().layer(RetryLayer::new(Reads::default())).service(service);
        (Client::new(service, "ns"), asked)
    }

    async fn read(script: &'static str) -> (bool, Vec<f32>) {
        let (client, asked) = client(script);
        let answer = Store::new(client, Driver::Secret, None).history("shop").await;
        let asked = asked.lock().unwrap().clone();
        (answer.is_ok(), asked)
    }

    #[tokio::test(start_paused = true)]
    async fn reads_are_tried_again_for_a_while() {
        let (fine, asked) = read("503 reset 429 200").await;
        assert!(fine && asked.len() == 4, "{asked:?}");
        // When the server says, and not before.
        let (fine, asked) = read("429/7 200").await;
        assert!(fine && asked.len() == 2 && (7.0..7.1).contains(&asked[1]), "{asked:?}");
        // Not for ever, neither in times nor in time.
        let (fine, asked) = read("503").await;
        assert!(!fine && asked.len() == 5 && asked[4] < 4.0, "{asked:?}");
        let (fine, asked) = read("429/60").await;
        assert!(!fine && asked.len() == 1);
        // What will not change is said at once.
        for script in ["403", "404", "certificate"] {
            assert_eq!(read(script).await.1.len(), 1, "{script}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_not_a_read_is_left_to_its_sender() {
        let tried = async |method: &str, path: &str, once: bool| {
            let (client, asked) = client("503");
            let mut request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
            if once {
                request.extensions_mut().insert(Once);
            }
            let _ = client.send(request).await;
            asked.lock().unwrap().len()
        };
        for method in ["POST", "PUT", "PATCH", "DELETE"] {
            assert_eq!(tried(method, "/api/v1/namespaces/ns/secrets/x", false).await, 1, "{method}");
        }
        assert_eq!(tried("GET", "/api/v1/pods?watch=true", false).await, 1);
        assert_eq!(tried("GET", "/api/v1/pods", true).await, 1);
        assert_eq!(tried("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", false).await, 5);
        assert_eq!(tried("PATCH", "/api/v1/namespaces/ns/secrets/x?dryRun=All&force=false", false).await, 5);
    }
}
