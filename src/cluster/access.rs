//! How a cluster is reached, as flags and environment say it: what kubectl's and Helm's global flags come to.
//!
//! Pure data; [`super::connect`] reads the kubeconfig and makes a connection of it.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// How long one request may take when nobody says otherwise; watches and followed logs may take for ever.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// How a cluster is reached. What is `None` is taken from the kubeconfig.
#[derive(Clone, Default)]
pub struct Access {
    /// `--kubeconfig`: this file alone, and it has to exist.
    pub kubeconfig: Option<PathBuf>,
    /// `KUBECONFIG`: these files, merged; those that do not exist are passed over.
    pub kubeconfigs: Vec<PathBuf>,
    /// `~/.kube/config`, where the others say nothing.
    pub default_kubeconfig: Option<PathBuf>,
    /// The context.
    pub context: Option<String>,
    /// The namespace, where one was given; otherwise the context's.
    pub namespace: Option<String>,
    /// The API server's address.
    pub server: Option<String>,
    /// A bearer token.
    pub token: Option<String>,
    /// A file with the certificate authorities.
    pub ca_file: Option<PathBuf>,
    /// The name the server's certificate has to show.
    pub tls_server_name: Option<String>,
    /// Whether the server's certificate is not looked at.
    pub insecure: bool,
    /// The user to act as.
    pub as_user: Option<String>,
    /// The uid to act as.
    pub as_uid: Option<String>,
    /// The groups to act as.
    pub as_groups: Vec<String>,
    /// How long a request may take: `None` is [`REQUEST_TIMEOUT`], zero is for ever.
    pub request_timeout: Option<Duration>,
    /// Proxies of the environment.
    pub proxies: Proxies,
    /// Inside a pod: the namespace the environment names.
    pub pod_namespace: Option<String>,
}

/// The environment's proxies.
#[derive(Clone, Default)]
pub struct Proxies {
    /// `HTTP_PROXY`.
    pub http: Option<String>,
    /// `HTTPS_PROXY`.
    pub https: Option<String>,
    /// `NO_PROXY`.
    pub none_for: Option<String>,
}

impl Access {
    /// True when nothing but a kubeconfig or the pod's own account can say where the cluster is.
    pub(super) fn names_no_server(&self) -> bool {
        self.server.is_none()
    }
}

/// Never shows the token, nor proxies, whose addresses may hold passwords.
impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access")
            .field("kubeconfig", &self.kubeconfig)
            .field("kubeconfigs", &self.kubeconfigs)
            .field("context", &self.context)
            .field("namespace", &self.namespace)
            .field("server", &self.server)
            .field("token", &self.token.as_ref().map(|_| "…"))
            .field("as_user", &self.as_user)
            .field("as_groups", &self.as_groups)
            .finish_non_exhaustive()
    }
}

impl Proxies {
    /// The proxy for a server, as Go's `http.ProxyFromEnvironment` chooses it.
    pub(super) fn of(&self, https: bool, host: &str, port: u16) -> Option<&str> {
        let proxy = if https { self.https.as_deref() } else { self.http.as_deref() }?;
        let host = host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.').to_ascii_lowercase();
        let address = host.parse::<std::net::IpAddr>().ok();
        if host == "localhost" || address.is_some_and(|address| address.is_loopback()) {
            return None;
        }
        let excluded = self.none_for.as_deref().unwrap_or_default();
        let mut patterns = excluded.split(',').map(|word| word.trim().to_ascii_lowercase());
        (!patterns.any(|pattern| excludes(&pattern, &host, address, port))).then_some(proxy)
    }
}

/// Whether one entry of `NO_PROXY` names a host.
fn excludes(pattern: &str, host: &str, address: Option<std::net::IpAddr>, port: u16) -> bool {
    if pattern == "*" {
        return true;
    }
    if let Some((network, bits)) = pattern.split_once('/')
        && let (Ok(network), Ok(bits), Some(address)) = (network.parse(), bits.parse(), address)
    {
        return in_network(network, bits, address);
    }
    // A port is what follows the only colon, or the one after a bracket.
    let (pattern, only_port) = match pattern.rsplit_once(':') {
        Some((name, digits)) if name.ends_with(']') || !name.contains(':') => (name, digits.parse::<u16>().ok()),
        _ => (pattern, None),
    };
    if only_port.is_some_and(|only| only != port) {
        return false;
    }
    let pattern = pattern.trim_start_matches('[').trim_end_matches(']');
    if let (Ok(wanted), Some(address)) = (pattern.parse::<std::net::IpAddr>(), address) {
        return wanted == address;
    }
    let name = pattern.strip_prefix("*.").map_or(pattern, |rest| rest);
    let subdomains_only = pattern.starts_with("*.") || pattern.starts_with('.');
    let name = name.trim_start_matches('.');
    if name.is_empty() {
        return false;
    }
    let below = host.strip_suffix(name).is_some_and(|front| front.ends_with('.'));
    below || (!subdomains_only && host == name)
}

fn in_network(network: std::net::IpAddr, bits: u32, address: std::net::IpAddr) -> bool {
    use std::net::IpAddr::{V4, V6};
    match (network, address) {
        (V4(network), V4(address)) if bits <= 32 => {
            let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
            u32::from(network) & mask == u32::from(address) & mask
        }
        (V6(network), V6(address)) if bits <= 128 => {
            let mask = u128::MAX.checked_shl(128 - bits).unwrap_or(0);
            u128::from(network) & mask == u128::from(address) & mask
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_are_chosen_as_go_does() {
        let proxies =
            |none_for: &str| Proxies { https: Some("http://p:1".into()), http: None, none_for: Some(none_for.into()) };
        let through = |none_for: &str, host: &str| proxies(none_for).of(true, host, 6443).is_some();
        assert!(through("", "example.com") && !through("", "127.0.0.1") && !through("", "localhost"));
        assert!(!through("example.com", "example.com") && !through("example.com", "a.example.com"));
        assert!(through(".example.com", "example.com") && !through(" .example.com", "a.Example.com"));
        assert!(through("ample.com", "example.com") && !through("*", "x"));
        assert!(
            !through("10.0.0.0/8", "10.1.2.3") && through("10.0.0.0/8", "11.1.2.3") && !through("0.0.0.0/0", "9.9.9.9")
        );
        assert!(!through("10.1.2.3:6443", "10.1.2.3") && through("10.1.2.3:443", "10.1.2.3"));
        assert!(!through("fd00::/8", "[fd00::1]") && proxies("").of(false, "x", 80).is_none());
    }

    #[test]
    fn tokens_are_not_shown() {
        let access = Access { token: Some("planted".into()), ..Access::default() };
        assert!(!format!("{access:?}").contains("planted"));
    }
}
