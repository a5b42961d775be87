//! What goes wrong between this program and a cluster: one small type for every request, made of kube's errors.
//!
//! The text is for people and on one line; it never holds a token, the content of a Secret, or anything else that was sent.

use std::fmt;

use kube::client::AuthError;
use kube::config::ExecConfig;

/// Why the cluster did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterError {
    /// What sort of trouble it is.
    pub kind: ErrorKind,
    /// The API server's words, or what is known without them.
    pub message: String,
}

/// Sorts of trouble, as far as something is done about them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Kubeconfig, credentials or flags cannot be used.
    Config,
    /// No connection, a connection that broke, or no answer in time.
    Unreachable,
    /// 401: the server does not know who asks.
    Unauthorized,
    /// 403: not allowed, or refused by admission or quota.
    Forbidden,
    /// 404, or a kind the server does not have.
    NotFound,
    /// 409 on a POST: the object is there.
    AlreadyExists,
    /// 409 otherwise: another version of the object, another owner of a field.
    Conflict,
    /// 410: a watch or a list has to begin anew.
    Gone,
    /// 400, 422: the server does not accept the object.
    Invalid,
    /// 429: later.
    TooManyRequests,
    /// 5xx.
    Server,
    /// Anything else.
    Other,
}

impl ErrorKind {
    /// True when the same request may well succeed a moment later.
    pub fn is_passing(self) -> bool {
        matches!(self, ErrorKind::Unreachable | ErrorKind::TooManyRequests | ErrorKind::Server | ErrorKind::Gone)
    }
}

impl ClusterError {
    /// An error of this kind with this text.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> ClusterError {
        ClusterError { kind, message: message.into() }
    }

    /// An error of a library, with its causes.
    pub(super) fn of_source(kind: ErrorKind, error: &(dyn std::error::Error + 'static)) -> ClusterError {
        ClusterError::new(kind, chain(error))
    }

    /// An error about credentials that a plugin, or something else, does not give.
    pub(super) fn without_credentials(error: &AuthError, plugin: Option<&ExecConfig>) -> ClusterError {
        ClusterError::new(ErrorKind::Config, credentials(error, plugin))
    }

    fn of_status(status: &kube::core::Status) -> ClusterError {
        let kind = match status.code {
            401 => ErrorKind::Unauthorized,
            403 => ErrorKind::Forbidden,
            404 => ErrorKind::NotFound,
            409 if status.reason == "AlreadyExists" => ErrorKind::AlreadyExists,
            409 => ErrorKind::Conflict,
            410 => ErrorKind::Gone,
            400 | 422 => ErrorKind::Invalid,
            429 => ErrorKind::TooManyRequests,
            // A typed patch that does not fit its schema comes back as 500, and always will.
            500 if status.message.starts_with("failed to create typed patch object") => ErrorKind::Invalid,
            500..=599 => ErrorKind::Server,
            _ => ErrorKind::Other,
        };
        let message = if status.message.is_empty() {
            format!("the server answered {} {}", status.code, status.reason)
        } else {
            status.message.clone()
        };
        ClusterError { kind, message }
    }
}

impl fmt::Display for ClusterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ClusterError {}

impl From<kube::Error> for ClusterError {
    fn from(error: kube::Error) -> ClusterError {
        match &error {
            kube::Error::Api(status) => ClusterError::of_status(status),
            kube::Error::Auth(auth) => ClusterError::without_credentials(auth, None),
            kube::Error::Discovery(_) => ClusterError::new(ErrorKind::NotFound, chain(&error)),
            // An error of our own layers has its kind already.
            kube::Error::Service(cause) => match cause.downcast_ref::<ClusterError>() {
                Some(own) => own.clone(),
                None => match cause.downcast_ref::<AuthError>() {
                    Some(auth) => ClusterError::new(ErrorKind::Unauthorized, credentials(auth, None)),
                    None => ClusterError::new(ErrorKind::Unreachable, unreachable(cause.as_ref())),
                },
            },
            kube::Error::HyperError(cause) => ClusterError::of_source(ErrorKind::Unreachable, cause),
            kube::Error::ReadEvents(cause) => ClusterError::of_source(ErrorKind::Unreachable, cause),
            // serde quotes what it did not expect, and that may be anything.
            kube::Error::SerdeError(cause) => ClusterError::new(
                ErrorKind::Other,
                format!("the server's answer cannot be read (line {}, column {})", cause.line(), cause.column()),
            ),
            kube::Error::InferKubeconfig(_) | kube::Error::RustlsTls(_) => {
                ClusterError::new(ErrorKind::Config, chain(&error))
            }
            // The address of a proxy may hold a password.
            kube::Error::ProxyProtocolUnsupported { .. } | kube::Error::ProxyProtocolDisabled { .. } => {
                ClusterError::new(ErrorKind::Config, "the proxy's protocol is not supported: use http, https or socks5")
            }
            _ => ClusterError::new(ErrorKind::Other, chain(&error)),
        }
    }
}

/// Why there are no credentials, with the plugin that should have given them where it is known, and what its kubeconfig says of how
/// to get it. The output and the environment of a plugin stay with it: they are where tokens are.
fn credentials(error: &AuthError, plugin: Option<&ExecConfig>) -> String {
    let why = match error {
        AuthError::AuthExecRun { out, .. } => format!("failed: {}", out.status),
        AuthError::AuthExecStart(cause) => format!("cannot be started: {cause}"),
        AuthError::AuthExecParse(_) | AuthError::ParseTokenKey(_) => "gave something that cannot be read".to_owned(),
        other => return chain(other),
    };
    let command = plugin.and_then(|plugin| plugin.command.as_deref());
    let command = command.map(|command| format!(" {command}")).unwrap_or_default();
    let hint = plugin.and_then(|plugin| plugin.install_hint.as_deref()).map(str::trim).filter(|hint| !hint.is_empty());
    let hint = hint.map(|hint| format!(" ({})", hint.replace('\n', " "))).unwrap_or_default();
    format!("the credential plugin{command} {why}{hint}")
}

/// Why a server is not reached. Of certificates the words of TLS say little.
fn unreachable(error: &(dyn std::error::Error + 'static)) -> String {
    use rustls::CertificateError::{Expired, ExpiredContext, UnknownIssuer};
    let mut cause = Some(error);
    while let Some(error) = cause {
        let inner = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        let tls = error.downcast_ref::<rustls::Error>().or_else(|| inner?.downcast_ref::<rustls::Error>());
        if let Some(rustls::Error::InvalidCertificate(why)) = tls {
            return match why {
                UnknownIssuer => {
                    "the API server's certificate is signed by an authority that is not the configured one".to_owned()
                }
                Expired | ExpiredContext { .. } => format!("the API server's certificate has expired: {why}"),
                _ => format!("the API server's certificate is not accepted: {why}"),
            };
        }
        cause = error.source();
    }
    chain(error)
}

/// An error with its causes on one line, each said once: many libraries repeat the cause in their own text.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let own = error.to_string();
        if !text.contains(&own) {
            text = format!("{text}: {own}");
        }
        cause = error.source();
    }
    text.replace('\n', " ")
}
