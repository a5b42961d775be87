//! From kubeconfig files and flags to the one context, cluster and user that are meant.
//!
//! Mirrors `k8s.io/client-go/tools/clientcmd` (`ClientConfigLoadingRules`, `DirectClientConfig`). Error texts never quote a file: it
//! may hold credentials.

use std::path::{Path, PathBuf};

use kube::config::{
    AuthInfo, Config, Context, KubeConfigOptions, Kubeconfig, KubeconfigError, NamedAuthInfo, NamedCluster,
};
use kube::config::{Cluster as ClusterEntry, NamedContext};

use super::access::Access;
use super::error::{ClusterError, ErrorKind};

/// What kubeconfig and flags come to.
pub(super) struct Resolved {
    /// What kube goes by.
    pub config: Config,
    /// The context; `None` inside a cluster or where a server was named without one.
    pub context: Option<String>,
    /// The file the token is read from, again and again.
    pub token_file: Option<PathBuf>,
}

/// Resolves what is meant.
///
/// # Errors
/// When a file cannot be read, or names something that is not there.
pub(super) async fn resolve(access: &Access) -> Result<Resolved, ClusterError> {
    let kubeconfig = read(access)?;
    let wanted = access.context.clone().or_else(|| kubeconfig.current_context.clone()).filter(|name| !name.is_empty());
    if wanted.is_none() && access.names_no_server() && kubeconfig.clusters.is_empty() {
        return in_cluster(access);
    }
    let context = context(&kubeconfig, wanted.as_deref())?;
    let cluster = cluster(&kubeconfig, context.as_ref(), access)?;
    let mut user = user(&kubeconfig, context.as_ref(), access)?;
    let token_file = token_file(&mut user);
    let namespace = context.and_then(|context| context.namespace);
    let config = config(cluster, user, namespace, access).await?;
    Ok(Resolved { config, context: wanted, token_file })
}

fn config_error(message: impl Into<String>) -> ClusterError {
    ClusterError::new(ErrorKind::Config, message)
}

/// The files, merged as kubectl does: the first to say something wins.
fn read(access: &Access) -> Result<Kubeconfig, ClusterError> {
    if let Some(path) = &access.kubeconfig {
        return read_file(path)?.ok_or_else(|| config_error(format!("no kubeconfig at {}", path.display())));
    }
    let default: Vec<PathBuf> = access.default_kubeconfig.iter().cloned().collect();
    let paths = if access.kubeconfigs.is_empty() { &default } else { &access.kubeconfigs };
    let mut merged = Kubeconfig::default();
    for path in paths {
        if let Some(next) = read_file(path)? {
            merged = merged.merge(next).map_err(|error| config_error(error.to_string()))?;
        }
    }
    Ok(merged)
}

/// One file; `None` when it is not there.
fn read_file(path: &Path) -> Result<Option<Kubeconfig>, ClusterError> {
    match Kubeconfig::read_from(path) {
        Ok(mut kubeconfig) => {
            // An empty name is as good as none, so that a later file can give one.
            kubeconfig.current_context = kubeconfig.current_context.filter(|name| !name.is_empty());
            Ok(Some(kubeconfig))
        }
        Err(KubeconfigError::ReadConfig(error, _)) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(KubeconfigError::Parse(error)) => {
            let place = error.location().map(|at| format!(" (line {})", at.line())).unwrap_or_default();
            Err(config_error(format!("{} is not a kubeconfig{place}", path.display())))
        }
        Err(KubeconfigError::ReadConfig(error, _)) => {
            Err(config_error(format!("cannot read kubeconfig {}: {error}", path.display())))
        }
        Err(error) => Err(config_error(error.to_string())),
    }
}

fn context(kubeconfig: &Kubeconfig, wanted: Option<&str>) -> Result<Option<Context>, ClusterError> {
    let Some(wanted) = wanted else { return Ok(None) };
    let found = kubeconfig.contexts.iter().find(|named| named.name == wanted);
    match found.map(|named| named.context.clone().unwrap_or_default()) {
        Some(context) => Ok(Some(context)),
        None => {
            let known: Vec<&str> = kubeconfig.contexts.iter().map(|named| named.name.as_str()).collect();
            let known =
                if known.is_empty() { "there is none".to_owned() } else { format!("there are: {}", known.join(", ")) };
            Err(config_error(format!("context {wanted:?} does not exist; {known}")))
        }
    }
}

/// The cluster with what flags override, as client-go's `getCluster` does.
fn cluster(kubeconfig: &Kubeconfig, context: Option<&Context>, access: &Access) -> Result<ClusterEntry, ClusterError> {
    let name = context.map(|context| context.cluster.as_str()).unwrap_or_default();
    let named = kubeconfig.clusters.iter().find(|named| named.name == name).and_then(|named| named.cluster.clone());
    let mut cluster = match named {
        Some(cluster) => cluster,
        None if access.server.is_some() => ClusterEntry::default(),
        None if context.is_some() => {
            return Err(config_error(format!("cluster {name:?} of the context does not exist")));
        }
        None => return Err(config_error("no context is chosen: the kubeconfig has no current-context")),
    };
    if access.server.is_some() {
        cluster.server.clone_from(&access.server);
        // The name belongs to the server of the kubeconfig.
        cluster.tls_server_name = None;
    }
    if access.tls_server_name.is_some() {
        cluster.tls_server_name.clone_from(&access.tls_server_name);
    }
    if let Some(ca) = &access.ca_file {
        cluster.certificate_authority = Some(ca.to_string_lossy().into_owned());
        cluster.certificate_authority_data = None;
        cluster.insecure_skip_tls_verify = None;
    }
    if access.insecure {
        cluster.insecure_skip_tls_verify = Some(true);
        cluster.certificate_authority = None;
        cluster.certificate_authority_data = None;
    }
    // Empty words are no words.
    for text in [
        &mut cluster.tls_server_name,
        &mut cluster.certificate_authority,
        &mut cluster.certificate_authority_data,
        &mut cluster.proxy_url,
    ] {
        *text = text.take().filter(|text| !text.is_empty());
    }
    Ok(cluster)
}

/// The user with what flags override, as client-go's `getAuthInfo` does.
fn user(kubeconfig: &Kubeconfig, context: Option<&Context>, access: &Access) -> Result<AuthInfo, ClusterError> {
    let name = context.and_then(|context| context.user.as_deref()).unwrap_or_default();
    let named = kubeconfig.auth_infos.iter().find(|named| named.name == name);
    let mut user = named.and_then(|named| named.auth_info.clone()).unwrap_or_default();
    if let Some(token) = &access.token {
        user = AuthInfo {
            token: Some(token.clone().into()),
            token_file: None,
            exec: None,
            auth_provider: None,
            username: None,
            password: None,
            ..user
        };
    }
    if access.as_user.is_some() {
        user.impersonate.clone_from(&access.as_user);
        user.impersonate_uid = None;
        user.impersonate_groups = None;
        user.impersonate_user_extra = None;
    }
    if access.as_uid.is_some() {
        user.impersonate_uid.clone_from(&access.as_uid);
    }
    if !access.as_groups.is_empty() {
        user.impersonate_groups = Some(access.as_groups.clone());
    }
    user.impersonate = user.impersonate.filter(|name| !name.is_empty());
    let acts_as_more =
        user.impersonate_uid.is_some() || user.impersonate_groups.as_ref().is_some_and(|g| !g.is_empty());
    if user.impersonate.is_none() && acts_as_more {
        return Err(config_error("requesting uid or groups to act as without a user to act as: --as is missing"));
    }
    // kube takes empty words for what is there.
    for text in
        [&mut user.client_certificate, &mut user.client_certificate_data, &mut user.client_key, &mut user.token_file]
    {
        *text = text.take().filter(|text| !text.is_empty());
    }
    Ok(user)
}

/// Takes the token's file out of a user: it is read here, again and again, and wins over a token beside it.
fn token_file(user: &mut AuthInfo) -> Option<PathBuf> {
    let path = PathBuf::from(user.token_file.take()?);
    if path.is_file() || user.token.is_none() {
        user.token = None;
        return Some(path);
    }
    None
}

/// The pod's own account.
fn in_cluster(access: &Access) -> Result<Resolved, ClusterError> {
    let mut config = Config::incluster_env().map_err(|_| {
        config_error("no cluster is configured: there is no kubeconfig, and this is no pod of a cluster")
    })?;
    if let Some(namespace) = &access.pod_namespace {
        config.default_namespace.clone_from(namespace);
    }
    let mut user = user(&Kubeconfig::default(), None, access)?;
    let own = config.auth_info.token_file.take().map(PathBuf::from);
    let token_file = if user.token.is_some() { None } else { own };
    user.token_file = None;
    config.auth_info = user;
    finish(&mut config, access, None)?;
    Ok(Resolved { config, context: None, token_file })
}

/// kube's configuration of one cluster and one user.
async fn config(
    cluster: ClusterEntry,
    user: AuthInfo,
    namespace: Option<String>,
    access: &Access,
) -> Result<Config, ClusterError> {
    let secure = cluster.certificate_authority.is_some()
        || cluster.certificate_authority_data.is_some()
        || cluster.insecure_skip_tls_verify == Some(true)
        || user.client_certificate.is_some()
        || user.client_certificate_data.is_some();
    let mut cluster = cluster;
    match cluster.server.as_deref().filter(|server| !server.is_empty()) {
        Some(server) if !server.contains("://") => {
            cluster.server = Some(format!("{}://{server}", if secure { "https" } else { "http" }));
        }
        Some(_) => {}
        None => return Err(config_error("the cluster of the kubeconfig has no server")),
    }
    // kube looks at the environment's proxies by rules of its own; they are chosen below.
    let proxy = cluster.proxy_url.take();
    let name = "chosen".to_owned();
    let context = Context { cluster: name.clone(), user: Some(name.clone()), namespace, ..Context::default() };
    let kubeconfig = Kubeconfig {
        clusters: vec![NamedCluster { name: name.clone(), cluster: Some(cluster), ..NamedCluster::default() }],
        auth_infos: vec![NamedAuthInfo { name: name.clone(), auth_info: Some(user), ..NamedAuthInfo::default() }],
        contexts: vec![NamedContext { name: name.clone(), context: Some(context), ..NamedContext::default() }],
        current_context: Some(name),
        ..Kubeconfig::default()
    };
    let mut config = Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await.map_err(
        |error| match error {
            KubeconfigError::Parse(_) => config_error("the kubeconfig cannot be read"),
            other => ClusterError::of_source(ErrorKind::Config, &other),
        },
    )?;
    if config.root_cert.as_ref().is_some_and(Vec::is_empty) {
        return Err(config_error("the certificate authority of the cluster is no certificate in PEM"));
    }
    finish(&mut config, access, proxy)?;
    Ok(config)
}

/// What holds for every way to a cluster.
fn finish(config: &mut Config, access: &Access, own_proxy: Option<String>) -> Result<(), ClusterError> {
    let server = &config.cluster_url;
    let https = server.scheme_str() != Some("http");
    let port = server.port_u16().unwrap_or(if https { 443 } else { 80 });
    let environment = access.proxies.of(https, server.host().unwrap_or_default(), port).map(str::to_owned);
    config.proxy_url = match own_proxy.or(environment) {
        Some(proxy) => Some(proxy_url(&proxy)?),
        None => None,
    };
    config.default_namespace = Some(std::mem::take(&mut config.default_namespace))
        .filter(|namespace| !namespace.is_empty())
        .unwrap_or_else(|| "default".to_owned());
    config.connect_timeout =
        Some(access.request_timeout.filter(|timeout| !timeout.is_zero()).unwrap_or(super::access::REQUEST_TIMEOUT));
    // A write that was answered with 503 or 504 may have been done: what is tried again is decided where that can be told.
    config.default_retry = false;
    let agent = concat!("helm-hooks/", env!("CARGO_PKG_VERSION"));
    config.headers.push((http::header::USER_AGENT, http::HeaderValue::from_static(agent)));
    Ok(())
}

/// A proxy's address, whose text may hold a password and so is never shown.
fn proxy_url(text: &str) -> Result<http::Uri, ClusterError> {
    let text = match text.split_once("://") {
        None => format!("http://{text}"),
        Some(("socks5h", rest)) => format!("socks5://{rest}"),
        Some(_) => text.to_owned(),
    };
    text.parse().map_err(|_| config_error("the proxy's address is no URL"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = "testdata/cluster/kubeconfig/first.yaml";
    const SECOND: &str = "testdata/cluster/kubeconfig/second.yaml";

    fn resolved(access: Access) -> Result<Resolved, ClusterError> {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(resolve(&access))
    }

    fn files() -> Access {
        Access {
            kubeconfigs: vec!["testdata/cluster/kubeconfig/none.yaml".into(), FIRST.into(), SECOND.into()],
            ..Access::default()
        }
    }

    #[test]
    fn the_first_file_to_say_something_wins() {
        let found = resolved(files()).unwrap();
        assert_eq!(found.context.as_deref(), Some("one"));
        assert_eq!(found.config.cluster_url, "https://one.example:6443/");
        assert_eq!(found.config.default_namespace, "shop");
        let found = resolved(Access { context: Some("two".into()), ..files() }).unwrap();
        assert_eq!(found.config.cluster_url, "https://two.example/");
        assert_eq!(found.config.default_namespace, "default");
        assert_eq!(found.token_file.as_deref(), Some(Path::new("testdata/cluster/kubeconfig/token")));
        assert!(found.config.proxy_url.is_some());
    }

    #[test]
    fn flags_override_what_files_say() {
        let access = Access {
            server: Some("localhost:1".into()),
            token: Some("t".into()),
            as_user: Some("jane".into()),
            as_groups: vec!["a".into(), "b".into()],
            insecure: true,
            context: Some("two".into()),
            ..files()
        };
        let found = resolved(access).unwrap();
        assert_eq!(found.config.cluster_url, "https://localhost:1/");
        assert!(found.token_file.is_none() && found.config.auth_info.token.is_some());
        assert!(found.config.accept_invalid_certs && found.config.tls_server_name.is_none());
        assert_eq!(found.config.auth_info.impersonate.as_deref(), Some("jane"));
        assert_eq!(found.config.auth_info.impersonate_groups.map(|groups| groups.len()), Some(2));
    }

    #[test]
    fn what_is_not_there_is_named() {
        let message = |access| resolved(access).err().unwrap().message;
        assert_eq!(
            message(Access { context: Some("three".into()), ..files() }),
            "context \"three\" does not exist; there are: one, two, broken"
        );
        assert_eq!(
            message(Access { context: Some("broken".into()), ..files() }),
            "cluster \"gone\" of the context does not exist"
        );
        assert_eq!(message(Access { kubeconfig: Some("nowhere".into()), ..files() }), "no kubeconfig at nowhere");
        assert_eq!(
            message(Access { kubeconfig: Some("testdata/cluster/kubeconfig/damaged.yaml".into()), ..files() }),
            "testdata/cluster/kubeconfig/damaged.yaml is not a kubeconfig (line 8)"
        );
        assert!(message(Access { as_groups: vec!["a".into()], ..files() }).contains("--as is missing"));
    }
}
