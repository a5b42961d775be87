//! The flags that say how a cluster is reached, kubectl's names with helm's beside them, and what they and the environment come to.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::cluster::{Access, ClusterError, ErrorKind, Proxies};

use super::args::{GlobalArgs, go_bool};
use super::exit::{self, Fatal};
use super::live::Live;
use super::settings::{Environment, RenderSettings, Settings};

/// How a cluster is reached, as typed; `--context`, `--kubeconfig` and `-n` are flags of every command.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct ClusterArgs {
    /// Address of the API server
    #[arg(long, alias = "kube-apiserver", value_name = "URL", help_heading = "Cluster")]
    pub server: Option<String>,
    /// Bearer token
    #[arg(long, alias = "kube-token", value_name = "TOKEN", help_heading = "Cluster")]
    pub token: Option<Token>,
    /// User to act as
    #[arg(long = "as", alias = "kube-as-user", value_name = "USER", help_heading = "Cluster")]
    pub as_user: Option<String>,
    /// Group to act as; may be repeated
    #[arg(long = "as-group", alias = "kube-as-group", value_name = "GROUP", help_heading = "Cluster")]
    pub as_groups: Vec<String>,
    /// Uid to act as
    #[arg(long, value_name = "UID", help_heading = "Cluster")]
    pub as_uid: Option<String>,
    /// File with the certificate authorities of the API server
    #[arg(long, alias = "kube-ca-file", value_name = "FILE", help_heading = "Cluster")]
    pub certificate_authority: Option<PathBuf>,
    /// Do not check the API server's certificate
    #[arg(long, alias = "kube-insecure-skip-tls-verify", num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = go_bool, value_name = "BOOL", hide_possible_values = true, help_heading = "Cluster")]
    pub insecure_skip_tls_verify: Option<bool>,
    /// Name that the API server's certificate has to show
    #[arg(long, alias = "kube-tls-server-name", value_name = "NAME", help_heading = "Cluster")]
    pub tls_server_name: Option<String>,
    /// How long one request may take (30s, 1m; 0 is for ever; default 30s)
    #[arg(long, value_parser = timeout, value_name = "DURATION", help_heading = "Cluster")]
    pub request_timeout: Option<Duration>,
}

/// A token, which no debug output shows.
#[derive(Clone)]
pub(crate) struct Token(String);

impl From<String> for Token {
    fn from(text: String) -> Token {
        Token(text)
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Reads `--request-timeout` as kubectl does: a duration of Go's, or whole seconds.
fn timeout(text: &str) -> Result<Duration, String> {
    duration(text).or_else(|error| text.parse().map(Duration::from_secs).map_err(|_| error))
}

/// Reads a duration as Go writes it, such as `5m0s`.
///
/// # Errors
/// With Go's words.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let parsed = crate::go::time::parse_duration(text.as_bytes()).map_err(|error| error.to_string())?;
    u64::try_from(parsed.0).map(Duration::from_nanos).map_err(|_| format!("negative duration {text:?}"))
}

/// What flags of every command and the environment say.
pub(crate) fn defaults(global: &GlobalArgs, namespace: Option<String>, environment: &dyn Environment) -> Access {
    let var = |name: &str| environment.var(name);
    let either = |upper: &str, lower: &str| var(upper).or_else(|| var(lower));
    let home = var(if cfg!(windows) { "USERPROFILE" } else { "HOME" });
    let files = |list: String| std::env::split_paths(&list).filter(|path| !path.as_os_str().is_empty()).collect();
    Access {
        kubeconfig: global.kubeconfig.as_ref().filter(|path| !path.is_empty()).map(PathBuf::from),
        kubeconfigs: var("KUBECONFIG").map(files).unwrap_or_default(),
        default_kubeconfig: home.map(|home| PathBuf::from(home).join(".kube").join("config")),
        context: global.kube_context.clone().or_else(|| var("HELM_KUBECONTEXT")),
        namespace,
        server: var("HELM_KUBEAPISERVER"),
        token: var("HELM_KUBETOKEN"),
        ca_file: var("HELM_KUBECAFILE").map(PathBuf::from),
        tls_server_name: var("HELM_KUBETLS_SERVER_NAME"),
        insecure: var("HELM_KUBEINSECURE_SKIP_TLS_VERIFY").is_some_and(|text| go_bool(&text) == Ok(true)),
        as_user: var("HELM_KUBEASUSER"),
        as_uid: None,
        as_groups: var("HELM_KUBEASGROUPS")
            .map(|groups| groups.split(',').filter(|group| !group.is_empty()).map(str::to_owned).collect())
            .unwrap_or_default(),
        request_timeout: None,
        proxies: Proxies {
            http: either("HTTP_PROXY", "http_proxy"),
            https: either("HTTPS_PROXY", "https_proxy"),
            none_for: either("NO_PROXY", "no_proxy"),
        },
        pod_namespace: var("POD_NAMESPACE"),
    }
}

impl ClusterArgs {
    /// Refuses these flags where no cluster is asked.
    ///
    /// # Errors
    /// When one was typed.
    pub(crate) fn only_with(&self, asked: bool, flag: &str) -> Result<(), Fatal> {
        let typed = [
            ("--server", self.server.is_some()),
            ("--token", self.token.is_some()),
            ("--as", self.as_user.is_some()),
            ("--as-group", !self.as_groups.is_empty()),
            ("--as-uid", self.as_uid.is_some()),
            ("--certificate-authority", self.certificate_authority.is_some()),
            ("--insecure-skip-tls-verify", self.insecure_skip_tls_verify.is_some()),
            ("--tls-server-name", self.tls_server_name.is_some()),
            ("--request-timeout", self.request_timeout.is_some()),
        ];
        match typed.iter().find(|(_, typed)| *typed && !asked) {
            Some((name, _)) => Err(Fatal::usage(format!("{name} says how a cluster is reached, and none is asked"))
                .with_help(format!("Add {flag}, or leave it out."))),
            None => Ok(()),
        }
    }

    /// Lets a rendering see a cluster when that is wanted; gives the settings with the namespace of that cluster's context then.
    ///
    /// # Errors
    /// When there is no cluster to be had.
    pub(crate) fn seen(
        &self,
        wanted: bool,
        render: &mut RenderSettings,
        settings: &Settings,
    ) -> Result<Option<Settings>, Fatal> {
        if !wanted {
            return Ok(None);
        }
        if render.by_helm {
            return Err(Fatal::usage("--cluster and --renderer helm do not go together")
                .with_help("Pipe what helm makes of it: `helm template … --dry-run=server | helm hooks plan -`."));
        }
        let live = Live::connect(self, settings)?;
        // A cluster that is not there is said before anything else.
        live.capabilities()?;
        let settings = Settings { namespace: live.namespace().to_owned(), ..settings.clone() };
        render.live = Some(live);
        Ok(Some(settings))
    }

    /// How the cluster is reached; flags win over the environment.
    pub(crate) fn access(&self, settings: &Settings) -> Access {
        let mut access = settings.access.clone();
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        access.server = given(&self.server).or(access.server);
        access.token = self.token.clone().map(|token| token.0).filter(|token| !token.is_empty()).or(access.token);
        access.tls_server_name = given(&self.tls_server_name).or(access.tls_server_name);
        access.as_user = given(&self.as_user).or(access.as_user);
        access.as_uid = given(&self.as_uid).or(access.as_uid);
        access.ca_file = self.certificate_authority.clone().or(access.ca_file);
        access.insecure = self.insecure_skip_tls_verify.unwrap_or(access.insecure);
        access.request_timeout = self.request_timeout.or(access.request_timeout);
        if !self.as_groups.is_empty() {
            access.as_groups.clone_from(&self.as_groups);
        }
        access
    }
}

/// A cluster that did not do what was asked, as a command ends with it.
pub(crate) fn fatal(error: &ClusterError) -> Fatal {
    let (code, prefix, help) = match error.kind {
        ErrorKind::Config => (exit::USAGE, "", None),
        ErrorKind::Unreachable => (
            exit::LOAD,
            "cluster not reached: ",
            Some("`kubectl version` with the same context says whether it is there."),
        ),
        ErrorKind::Unauthorized => {
            (exit::LOAD, "cluster does not know who asks: ", Some("`kubectl auth whoami` shows as whom one is known."))
        }
        _ => (exit::LOAD, "", None),
    };
    let fatal = Fatal { code, message: format!("{prefix}{}", error.message), help: None };
    match help {
        Some(help) => fatal.with_help(help),
        None => fatal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_gos() {
        assert_eq!(duration("5m0s"), Ok(Duration::from_secs(300)));
        assert_eq!(timeout("7"), Ok(Duration::from_secs(7)));
        assert_eq!(timeout("0"), Ok(Duration::ZERO));
        assert!(duration("-1s").is_err() && duration("5").is_err());
    }
}
