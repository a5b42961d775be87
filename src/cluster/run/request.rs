//! One request, with what kube's own calls keep to themselves: the status code, warnings, and the server's clock.
//!
//! Knows nothing of trying again.

use std::error::Error as _;
use std::io;

use http::header::{CONTENT_TYPE, DATE};
use http::{HeaderMap, Method, Request};
use http_body_util::BodyExt;
use kube::client::Body;
use serde_json::Value;

use crate::cluster::error::{ClusterError, ErrorKind};
use crate::cluster::retry::Once;

/// Bodies longer than this are no answer of an API server: its own limit for an object is far below.
const LONGEST_BODY: usize = 64 << 20;

/// What the server answered.
#[derive(Debug)]
pub(super) struct Answer {
    /// 200, 201, 202.
    pub(super) code: u16,
    /// The object, or a Status.
    pub(super) body: Value,
    /// The texts of `Warning` headers.
    pub(super) warnings: Vec<String>,
    /// What time it is at the server, in seconds.
    pub(super) date: Option<i64>,
}

/// Why there is no such answer.
#[derive(Clone, Debug)]
pub(super) struct Refused {
    /// What the server said, or what happened to the connection.
    pub(super) error: ClusterError,
    /// True when the server cannot have done anything.
    pub(super) undone: bool,
}

/// Sends a request. `path` has its query; a body is JSON, or what `content_type` says.
pub(super) async fn send(
    client: &kube::Client,
    method: Method,
    path: &str,
    content_type: &str,
    body: Option<&Value>,
) -> Result<Answer, Refused> {
    let bytes = body.map(Value::to_string).unwrap_or_default().into_bytes();
    let built = Request::builder().method(method).uri(path).header(CONTENT_TYPE, content_type).body(Body::from(bytes));
    let mut request = built.map_err(|e| Refused::undone(ErrorKind::Invalid, e.to_string()))?;
    request.extensions_mut().insert(Once);
    let response = client.send(request).await.map_err(|e| Refused { undone: was_never_sent(&e), error: e.into() })?;
    let (parts, body) = response.into_parts();
    let read = http_body_util::Limited::new(body, LONGEST_BODY).collect().await;
    let bytes = read.map_err(|e| Refused::unknown(ErrorKind::Unreachable, e.to_string()))?.to_bytes();
    let code = parts.status.as_u16();
    if parts.status.is_success() {
        let body = serde_json::from_slice(&bytes).map_err(|e| {
            Refused::unknown(ErrorKind::Unreachable, format!("the server's answer cannot be read: {e}"))
        })?;
        return Ok(Answer { code, body, warnings: warnings(&parts.headers), date: date(&parts.headers) });
    }
    let status = serde_json::from_slice::<kube::core::Status>(&bytes).unwrap_or_else(|_| kube::core::Status {
        code,
        message: String::from_utf8_lossy(&bytes).trim().chars().take(300).collect(),
        reason: parts.status.canonical_reason().unwrap_or_default().to_owned(),
        ..kube::core::Status::default()
    });
    let error = ClusterError::from(kube::Error::Api(Box::new(kube::core::Status { code, ..status })));
    Err(Refused { undone: !matches!(error.kind, ErrorKind::Server | ErrorKind::Unreachable), error })
}

impl Refused {
    fn undone(kind: ErrorKind, message: String) -> Refused {
        Refused { error: ClusterError::new(kind, message), undone: true }
    }

    fn unknown(kind: ErrorKind, message: String) -> Refused {
        Refused { error: ClusterError::new(kind, message.replace('\n', " ")), undone: false }
    }
}

/// True when no connection came about at all.
fn was_never_sent(error: &kube::Error) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        let refused = |error: &io::Error| error.kind() == io::ErrorKind::ConnectionRefused;
        if error.downcast_ref::<io::Error>().is_some_and(refused) {
            return true;
        }
        cause = error.source();
    }
    false
}

/// The texts of `299 - "text"`.
fn warnings(headers: &HeaderMap) -> Vec<String> {
    let texts = headers.get_all(http::header::WARNING).into_iter().filter_map(|value| {
        let text = String::from_utf8_lossy(value.as_bytes());
        let quoted = text.split_once('"')?.1.rsplit_once('"')?.0;
        Some(quoted.replace("\\\"", "\"").replace("\\\\", "\\"))
    });
    texts.collect()
}

fn date(headers: &HeaderMap) -> Option<i64> {
    let text = headers.get(DATE)?.to_str().ok()?;
    Some(jiff::fmt::rfc2822::parse(text).ok()?.timestamp().as_second())
}
