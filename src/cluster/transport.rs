//! The last layers above kube's own: requests that must not hang, a token that is read again when its file changes, reads that are
//! tried again.
//!
//! kube's timeouts are those of a connection, which a quiet watch would trip over; its token files are taken with their line ends.

use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use http::header::AUTHORIZATION;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::BodyExt;
use hyper_timeout::TimeoutConnector;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use kube::Config;
use kube::client::{Body, ClientBuilder, ConfigExt, DynBody};
use tower::buffer::Buffer;
use tower::retry::Retry;
use tower::util::BoxService;
use tower::{BoxError, Service, ServiceBuilder, ServiceExt};

use super::access::{Access, REQUEST_TIMEOUT};
use super::error::ClusterError;
use super::kubeconfig::Resolved;
use super::retry::Reads;
use super::tls;

/// How long a token is used before its file is looked at again, as client-go has it.
const TOKEN_AGE: Duration = Duration::from_secs(50);

/// How many requests may wait to be sent.
const AT_ONCE: usize = 1024;

/// Makes the client.
///
/// # Errors
/// When credentials cannot be had.
pub(super) fn client(resolved: Resolved, access: &Access) -> Result<kube::Client, ClusterError> {
    let timeout = access.request_timeout.unwrap_or(REQUEST_TIMEOUT);
    let timeout = (!timeout.is_zero()).then_some(timeout);
    let token = resolved.token_file.map(TokenFile::new);
    if let Some(token) = &token {
        token.header()?;
    }
    let plugin = resolved.config.auth_info.exec.clone();
    let failed = |error| match error {
        kube::Error::Auth(auth) => ClusterError::without_credentials(&auth, plugin.as_ref()),
        other => other.into(),
    };
    let builder = match &resolved.config.proxy_url {
        None => direct(&resolved.config, failed)?,
        Some(_) => ClientBuilder::try_from(resolved.config).map_err(failed)?,
    };
    let layer = tower::layer::layer_fn(|inner| {
        let transport = Transport { inner, timeout, token: token.clone() };
        // Trying again needs a service that can be cloned.
        Retry::new(Reads::default(), Buffer::new(transport, AT_ONCE))
    });
    Ok(builder.with_layer(&layer).build())
}

/// What kube makes of a configuration without a proxy, over connections that send at once: kube leaves them to wait for an answer to what
/// was sent before, which the server holds back for 40 ms on each new connection.
fn direct(config: &Config, failed: impl Fn(kube::Error) -> ClusterError) -> Result<ClientBuilder<Inner>, ClusterError> {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    let mut connector = TimeoutConnector::new(tls::over(tcp, config)?);
    connector.set_connect_timeout(config.connect_timeout);
    connector.set_write_timeout(config.write_timeout);
    let client = hyper_util::client::legacy::Client::builder(TokioExecutor::new()).build::<_, Body>(connector);
    let service = ServiceBuilder::new()
        .layer(config.base_uri_layer())
        .option_layer(config.auth_layer().map_err(&failed)?)
        .layer(config.extra_headers_layer().map_err(&failed)?)
        .map_err(BoxError::from)
        .service(client)
        .map_response(|answer| answer.map(|body| Box::new(body.map_err(BoxError::from)) as Box<DynBody>));
    Ok(ClientBuilder::new(service.boxed(), config.default_namespace.clone()))
}

#[derive(Clone)]
struct Transport<S> {
    inner: S,
    timeout: Option<Duration>,
    token: Option<TokenFile>,
}

/// kube's service, below the layers made here.
type Inner = BoxService<Request<Body>, Answer, BoxError>;

type Answer = Response<Box<DynBody>>;

impl<S> Service<Request<Body>> for Transport<S>
where
    S: Service<Request<Body>, Response = Answer, Error = BoxError>,
    S::Future: Send + 'static,
{
    type Response = Answer;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Answer, BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        if let Some(token) = &self.token {
            match token.header() {
                Ok(header) => drop(request.headers_mut().insert(AUTHORIZATION, header)),
                Err(error) => return Box::pin(async move { Err(error.into()) }),
            }
        }
        let timeout = self.timeout.filter(|_| !is_endless(request.uri()));
        let token = self.token.clone();
        let answer = self.inner.call(request);
        Box::pin(async move {
            let whole = async {
                let answer = answer.await?;
                if answer.status() == StatusCode::UNAUTHORIZED {
                    token.iter().for_each(TokenFile::forget);
                }
                if timeout.is_none() {
                    return Ok(answer);
                }
                let (head, body) = answer.into_parts();
                let bytes = body.collect().await?.to_bytes();
                let body: Box<DynBody> = Box::new(Body::from(bytes).map_err(BoxError::from));
                Ok(Response::from_parts(head, body))
            };
            match timeout {
                Some(limit) => tokio::time::timeout(limit, whole).await.unwrap_or_else(|_| {
                    Err(format!("no answer from the server within {} s", limit.as_secs_f32()).into())
                }),
                None => whole.await,
            }
        })
    }
}

/// Whether a request is meant to be answered little by little: a watch, or a log that is followed.
pub(super) fn is_endless(uri: &http::Uri) -> bool {
    uri.query().unwrap_or_default().split('&').any(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, "true"));
        matches!(key, "watch" | "follow") && matches!(value, "1" | "true" | "t" | "T" | "TRUE" | "True")
    })
}

/// A token in a file that someone else keeps fresh.
#[derive(Clone)]
struct TokenFile {
    path: PathBuf,
    known: Arc<Mutex<Option<(HeaderValue, Instant)>>>,
}

impl TokenFile {
    fn new(path: PathBuf) -> TokenFile {
        TokenFile { path, known: Arc::default() }
    }

    /// What to send. A file that cannot be read any more leaves the last token in use.
    fn header(&self) -> Result<HeaderValue, ClusterError> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((header, read_at)) = &*known
            && read_at.elapsed() < TOKEN_AGE
        {
            return Ok(header.clone());
        }
        let error = |text: String| {
            ClusterError::new(super::ErrorKind::Config, format!("token file {}: {text}", self.path.display()))
        };
        let header = match (std::fs::read_to_string(&self.path), known.take()) {
            (Ok(token), _) if !token.trim().is_empty() => {
                let text = format!("Bearer {}", token.trim());
                let mut header = HeaderValue::try_from(text).map_err(|_| error("not a token".to_owned()))?;
                header.set_sensitive(true);
                header
            }
            (_, Some((last, _))) => last,
            (Ok(_), None) => return Err(error("empty".to_owned())),
            (Err(cause), None) => return Err(error(cause.to_string())),
        };
        *known = Some((header.clone(), Instant::now()));
        Ok(header)
    }

    /// Reads the file again at the next request: the server did not like what it held.
    fn forget(&self) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, read_at)) = known.as_mut()
            && let Some(long_ago) = read_at.checked_sub(TOKEN_AGE)
        {
            *read_at = long_ago;
        }
    }
}
