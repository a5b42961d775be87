//! TLS as kube sets it up, except for the client certificate: rustls looks into it and refuses forms that servers accept, such as those
//! of version 1, which `openssl x509` makes.

use std::path::Path;
use std::sync::Arc;

use hyper_rustls::{FixedServerNameResolver, HttpsConnector, HttpsConnectorBuilder};
use kube::Config;
use kube::client::ConfigExt;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use secrecy::ExposeSecret;

use super::error::{ClusterError, ErrorKind};

/// Puts TLS over connections.
///
/// # Errors
/// When certificates or keys cannot be used.
pub(super) fn over<H>(connections: H, config: &Config) -> Result<HttpsConnector<H>, ClusterError> {
    let identity = identity(config)?;
    let mut without = config.clone();
    if identity.is_some() {
        let user = &mut without.auth_info;
        (user.client_certificate, user.client_certificate_data) = (None, None);
        (user.client_key, user.client_key_data) = (None, None);
    }
    let mut tls = without.rustls_client_config()?;
    if let Some(identity) = identity {
        tls.client_auth_cert_resolver = Arc::new(SingleCertAndKey::from(identity));
    }
    let mut builder = HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http();
    if let Some(name) = &config.tls_server_name {
        let name = name.clone().try_into().map_err(|_| config_error(format!("{name:?} is no name of a server")))?;
        builder = builder.with_server_name_resolver(FixedServerNameResolver::new(name));
    }
    Ok(builder.enable_http1().wrap_connector(connections))
}

/// The client certificate of a kubeconfig with its key. What a plugin gives is left to kube.
fn identity(config: &Config) -> Result<Option<CertifiedKey>, ClusterError> {
    let user = &config.auth_info;
    let key_data = user.client_key_data.as_ref().map(ExposeSecret::expose_secret);
    let certificate =
        bytes("client certificate", user.client_certificate_data.as_deref(), user.client_certificate.as_deref())?;
    let key = bytes("client key", key_data, user.client_key.as_deref())?;
    let (Some(certificate), Some(key), None) = (certificate, key, &user.exec) else { return Ok(None) };
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&certificate).collect();
    let chain = chain.ok().filter(|chain| !chain.is_empty());
    let chain = chain.ok_or_else(|| config_error("the client certificate is no certificate in PEM"))?;
    let key =
        PrivateKeyDer::from_pem_slice(&key).map_err(|_| config_error("the client key is no private key in PEM"))?;
    let key = rustls::crypto::ring::sign::any_supported_type(&key)
        .map_err(|_| config_error("the client key is of a kind that is not supported"))?;
    let identity = CertifiedKey::new(chain, key);
    match identity.keys_match() {
        Err(rustls::Error::InconsistentKeys(rustls::InconsistentKeys::KeyMismatch)) => {
            Err(config_error("the client key is not that of the client certificate"))
        }
        _ => Ok(Some(identity)),
    }
}

/// What the kubeconfig holds itself, or in a file; the first wins, as in client-go.
fn bytes(what: &str, data: Option<&str>, file: Option<&str>) -> Result<Option<Vec<u8>>, ClusterError> {
    use base64::Engine as _;
    match (data.filter(|data| !data.is_empty()), file) {
        (Some(data), _) => {
            let bytes = base64::engine::general_purpose::STANDARD.decode(data);
            bytes.map(Some).map_err(|_| config_error(format!("the {what} in the kubeconfig is not base64")))
        }
        (None, Some(file)) => {
            let read = std::fs::read(Path::new(file));
            read.map(Some).map_err(|error| config_error(format!("cannot read the {what} {file}: {error}")))
        }
        (None, None) => Ok(None),
    }
}

fn config_error(message: impl Into<String>) -> ClusterError {
    ClusterError::new(ErrorKind::Config, message)
}
