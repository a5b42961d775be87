//! An API server made of a function, for tests.

use std::sync::{Arc, Mutex};

use kube::client::Body;
use serde_json::{Value, json};

use super::Cluster;

/// A request as a test sees it.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub method: String,
    /// Path and query.
    pub path: String,
    pub body: Value,
}

/// What was asked, in order: `GET /api/v1/…`.
pub(super) type Calls = Arc<Mutex<Vec<Call>>>;

/// A cluster whose server answers with a code and a body.
pub(super) fn cluster(answer: impl Fn(&Call) -> (u16, Value) + Send + Sync + 'static) -> (Cluster, Calls) {
    let calls = Calls::default();
    let (answer, log) = (Arc::new(answer), calls.clone());
    let service = tower::service_fn(move |request: http::Request<Body>| {
        let (answer, log) = (answer.clone(), log.clone());
        async move {
            let method = request.method().to_string();
            let path = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
            let bytes = request.into_body().collect_bytes().await.unwrap();
            let call = Call { method, path, body: serde_json::from_slice(&bytes).unwrap_or_default() };
            log.lock().unwrap().push(call.clone());
            let (code, body) = answer(&call);
            let response = http::Response::builder().status(code).header("date", "Thu, 26 Nov 2026 19:00:00 GMT");
            Ok::<_, std::convert::Infallible>(response.body(Body::from(serde_json::to_vec(&body).unwrap())).unwrap())
        }
    });
    (Cluster::new(kube::Client::new(service, "ns"), None, "ns"), calls)
}

/// The body of a refusal.
pub(super) fn status(code: u16, reason: &str, message: &str) -> (u16, Value) {
    (
        code,
        json!({"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "reason": reason, "message": message, "metadata": {}}),
    )
}
