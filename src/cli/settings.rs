//! What flags and environment come to: resolved once, then only read.

use std::io::{IsTerminal, Read};
use std::sync::{Arc, OnceLock};

use crate::cluster::Access;
use crate::helm::dialect::Engine;
use crate::helm::render;
use crate::helm::world::World;
use crate::report::look::Look;

use super::args::{ColorChoice, GlobalArgs, RendererArg};
use super::cluster_args;
use super::exit::Fatal;
use super::live::Live;
use super::render_args::{HelmArgs, RenderArgs};

/// The environment as far as this program looks at it.
pub(crate) trait Environment {
    /// A variable, when it is set and not empty.
    fn var(&self, name: &str) -> Option<String>;
}

/// The process's environment.
pub(crate) struct Process;

impl Environment for Process {
    fn var(&self, name: &str) -> Option<String> {
        std::env::var(name).ok().filter(|value| !value.is_empty())
    }
}

/// How this program was started.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    /// What to type to call it: `helm hooks`, `kubectl hooks` or the binary's name.
    pub name: String,
}

impl Program {
    /// From `argv[0]` and the environment: kubectl goes by the binary's name, helm by what it sets.
    pub(crate) fn of(argv0: Option<&str>, environment: &dyn Environment) -> Program {
        let file = argv0.unwrap_or("helm-hooks").rsplit(['/', '\\']).next().unwrap_or("helm-hooks");
        let file = file.strip_suffix(".exe").unwrap_or(file);
        let name = if file.starts_with("kubectl-") {
            "kubectl hooks".to_owned()
        } else if let Some(plugin) = environment.var("HELM_PLUGIN_NAME") {
            format!("helm {plugin}")
        } else {
            file.to_owned()
        };
        Program { name }
    }
}

/// Settings of every command.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// How the program is called.
    pub program: String,
    /// The namespace of the release.
    pub namespace: String,
    /// How a cluster is reached, as far as flags of every command and the environment say.
    pub access: Access,
    /// `HELM_DRIVER`: where release records lie.
    pub helm_driver: Option<String>,
    /// `--debug`.
    pub debug: bool,
    /// How results are shown on stdout.
    pub look: Look,
    /// How everything else is shown on stderr.
    pub error_look: Look,
    /// The helm to start when one is asked for.
    pub helm_bin: String,
    /// The Helm that started this program, or the newest.
    pub default_engine: Engine,
}

impl Settings {
    /// Resolves what was typed against the environment; flags win.
    pub(crate) fn resolve(args: &GlobalArgs, program: &Program, environment: &dyn Environment) -> Settings {
        let var = |name| environment.var(name);
        let debug =
            args.debug.unwrap_or_else(|| var("HELM_DEBUG").is_some_and(|v| super::args::go_bool(&v) == Ok(true)));
        let unicode = is_unicode(environment);
        let look = |terminal: bool| Look {
            width: if terminal { Some(columns(environment)) } else { None },
            color: wants_color(args.color, environment, terminal),
            unicode,
            program: program.name.clone(),
        };
        let given_namespace = args.namespace.clone().or_else(|| var("HELM_NAMESPACE"));
        Settings {
            program: program.name.clone(),
            namespace: given_namespace.clone().unwrap_or_else(|| "default".to_owned()),
            access: cluster_args::defaults(args, given_namespace, environment),
            helm_driver: var("HELM_DRIVER"),
            debug,
            look: look(std::io::stdout().is_terminal()),
            error_look: look(std::io::stderr().is_terminal()),
            helm_bin: var("HELM_BIN").unwrap_or_else(|| "helm".to_owned()),
            default_engine: default_engine(environment),
        }
    }
}

/// Helm 4 alone sets `HELM_CONTENT_CACHE` for its plugins.
fn default_engine(environment: &dyn Environment) -> Engine {
    let started_by_helm = environment.var("HELM_PLUGIN_NAME").is_some();
    if started_by_helm && environment.var("HELM_CONTENT_CACHE").is_none() { Engine::Helm3 } else { Engine::Helm4 }
}

fn wants_color(choice: Option<ColorChoice>, environment: &dyn Environment, terminal: bool) -> bool {
    match choice {
        Some(ColorChoice::Always) => return true,
        Some(ColorChoice::Never) => return false,
        Some(ColorChoice::Auto) => return terminal && environment.var("TERM").as_deref() != Some("dumb"),
        None => {}
    }
    if environment.var("NO_COLOR").is_some() {
        return false;
    }
    match environment.var("HELM_COLOR").as_deref() {
        Some("always") => true,
        Some("never") => false,
        _ => terminal && environment.var("TERM").as_deref() != Some("dumb"),
    }
}

fn is_unicode(environment: &dyn Environment) -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(|name| environment.var(name));
    match locale {
        Some(locale) => {
            let locale = locale.to_ascii_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        }
        // Windows and macOS terminals are UTF-8 without saying so.
        None => cfg!(any(windows, target_os = "macos")),
    }
}

/// Columns of the terminal; below 40 nothing readable fits.
fn columns(environment: &dyn Environment) -> usize {
    let typed = environment.var("COLUMNS").and_then(|columns| columns.parse::<usize>().ok());
    // The table library asks the terminal itself.
    let asked = || {
        comfy_table::Table::new()
            .set_content_arrangement(comfy_table::ContentArrangement::Dynamic)
            .width()
            .map(usize::from)
    };
    typed.or_else(asked).filter(|columns| *columns > 0).unwrap_or(80).max(40)
}

/// How charts are rendered, resolved.
#[derive(Clone, Debug)]
pub(crate) struct RenderSettings {
    /// Which Helm to be.
    pub engine: Engine,
    /// Whether `$HELM_BIN` renders.
    pub by_helm: bool,
    /// The release's name.
    pub release: String,
    /// What was typed, for the values.
    pub args: RenderArgs,
    /// The cluster whose capabilities and objects templates see; `None` for none.
    pub live: Option<Arc<Live>>,
    /// Stdin, once something asked for it: charts on many threads share it.
    stdin: Arc<OnceLock<Result<Vec<u8>, String>>>,
}

/// What Helm calls a release without a name.
pub(crate) const DEFAULT_RELEASE: &str = "release-name";

impl RenderSettings {
    /// All of stdin, read when it is first asked for.
    ///
    /// # Errors
    /// With the system's text when it cannot be read.
    pub(crate) fn stdin(&self) -> Result<Vec<u8>, String> {
        let read = || {
            let mut text = Vec::new();
            std::io::stdin().lock().read_to_end(&mut text).map(|_| text).map_err(|e| e.to_string())
        };
        self.stdin.get_or_init(read).clone()
    }

    /// Resolves the flags of rendering and the words `[NAME] PATH` as Helm's `NameAndChart` does; the world is what a name template sees.
    ///
    /// # Errors
    /// For refused flags, and with Helm's words for names that contradict each other.
    pub(crate) fn resolve(
        args: &RenderArgs,
        helm: HelmArgs,
        words: &[String],
        settings: &Settings,
        world: World,
    ) -> Result<(RenderSettings, String), Fatal> {
        refuse(args)?;
        let (name, path) = match words {
            [path] => (None, path),
            [name, path] => (Some(name), path),
            [_, _, rest @ ..] if !rest.is_empty() => {
                let rest = rest.join(", ");
                return Err(Fatal::usage(format!("expected at most two arguments, unexpected arguments: {rest}")));
            }
            _ => {
                return Err(Fatal::usage("a path is missing").with_help(
                    "Give a chart folder, a .tgz, a folder with charts below it, or - for manifests on stdin.",
                ));
            }
        };
        if name.is_some() && args.generate_name == Some(true) {
            return Err(Fatal::usage("cannot set --generate-name and also specify a name"));
        }
        if name.is_some() && args.name_template.as_deref().is_some_and(|template| !template.is_empty()) {
            return Err(Fatal::usage("cannot set --name-template and also specify a name"));
        }
        let engine = helm.chosen(settings);
        let resolved = RenderSettings {
            by_helm: helm.renderer == Some(RendererArg::Helm),
            ..RenderSettings::native(args, engine, name, world)?
        };
        Ok((resolved, path.clone()))
    }

    /// The same for charts without a release name, rendered by this program as one Helm.
    ///
    /// # Errors
    /// For refused flags, and name templates that fail.
    pub(crate) fn without_name(args: &RenderArgs, engine: Engine, world: World) -> Result<RenderSettings, Fatal> {
        refuse(args)?;
        RenderSettings::native(args, engine, None, world)
    }

    /// The same as another Helm.
    #[must_use]
    pub(crate) fn for_engine(&self, engine: Engine) -> RenderSettings {
        RenderSettings { engine, ..self.clone() }
    }

    fn native(args: &RenderArgs, engine: Engine, name: Option<&String>, world: World) -> Result<RenderSettings, Fatal> {
        let release = match (name, args.name_template.as_deref().filter(|template| !template.is_empty())) {
            (Some(name), _) => name.clone(),
            (None, Some(template)) => render::release_name(template, world, engine.dialect()).map_err(Fatal::usage)?,
            // With or without --generate-name: `helm template` has this name before it looks at the flag.
            (None, None) => DEFAULT_RELEASE.to_owned(),
        };
        Ok(RenderSettings { engine, by_helm: false, release, args: args.clone(), live: None, stdin: Arc::default() })
    }
}

/// Refuses flags of helm that need what this program does not do.
fn refuse(args: &RenderArgs) -> Result<(), Fatal> {
    let Some(flag) = args.refused.typed.first() else { return Ok(()) };
    Err(Fatal::usage(format!("--{} is not supported: {}", flag.name, flag.reason)).with_help(flag.instead))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fake(&'static [(&'static str, &'static str)]);

    impl Environment for Fake {
        fn var(&self, name: &str) -> Option<String> {
            self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        }
    }

    fn resolve(args: &GlobalArgs, environment: &'static [(&'static str, &'static str)]) -> Settings {
        let environment = Fake(environment);
        Settings::resolve(args, &Program::of(Some("helm-hooks"), &environment), &environment)
    }

    #[test]
    fn a_program_is_called_as_it_was() {
        let name = |argv0, environment| Program::of(argv0, &Fake(environment)).name;
        assert_eq!(name(Some("/usr/bin/helm-hooks"), &[]), "helm-hooks");
        assert_eq!(name(Some("/x/kubectl-hooks"), &[("HELM_PLUGIN_NAME", "hooks")]), "kubectl hooks");
        assert_eq!(name(Some("C:\\x\\kubectl-hooks.exe"), &[]), "kubectl hooks");
        assert_eq!(name(Some("bin/helm-hooks"), &[("HELM_PLUGIN_NAME", "hooks")]), "helm hooks");
        assert_eq!(name(None, &[]), "helm-hooks");
    }

    #[test]
    fn flags_win_over_the_environment() {
        let none = GlobalArgs::default();
        assert_eq!(resolve(&none, &[]).namespace, "default");
        assert_eq!(resolve(&none, &[("HELM_NAMESPACE", "shop")]).namespace, "shop");
        let typed = GlobalArgs { namespace: Some("x".into()), debug: Some(false), ..GlobalArgs::default() };
        let settings = resolve(&typed, &[("HELM_NAMESPACE", "shop"), ("HELM_DEBUG", "true")]);
        assert_eq!((settings.namespace.as_str(), settings.debug), ("x", false));
        assert!(resolve(&none, &[("HELM_DEBUG", "1")]).debug);
    }

    #[test]
    fn the_helm_that_started_us_is_the_default() {
        let engine = |environment| resolve(&GlobalArgs::default(), environment).default_engine;
        assert_eq!(engine(&[]), Engine::Helm4);
        assert_eq!(engine(&[("HELM_PLUGIN_NAME", "hooks")]), Engine::Helm3);
        assert_eq!(engine(&[("HELM_PLUGIN_NAME", "hooks"), ("HELM_CONTENT_CACHE", "/c")]), Engine::Helm4);
        assert_eq!(engine(&[("HELM_CONTENT_CACHE", "/c")]), Engine::Helm4);
    }

    #[test]
    fn colours_are_asked_for() {
        let color = |choice, environment, terminal| wants_color(choice, &Fake(environment), terminal);
        assert!(color(None, &[], true) && !color(None, &[], false));
        assert!(!color(None, &[("NO_COLOR", "1")], true));
        assert!(color(None, &[("HELM_COLOR", "always")], false) && !color(None, &[("HELM_COLOR", "never")], true));
        assert!(!color(None, &[("NO_COLOR", "1"), ("HELM_COLOR", "always")], true));
        assert!(color(Some(ColorChoice::Always), &[("NO_COLOR", "1")], false));
        assert!(!color(Some(ColorChoice::Auto), &[("TERM", "dumb")], true));
        assert!(
            is_unicode(&Fake(&[("LANG", "de_DE.UTF-8")])) && !is_unicode(&Fake(&[("LC_ALL", "C"), ("LANG", "x.utf8")]))
        );
    }
}
