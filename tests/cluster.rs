//! The smallest test of each command against a real cluster: HELM_HOOKS_TEST_KUBECONFIG, else KUBECONFIG. Needs kubectl (on the PATH,
//! or in the lab's folder) and nothing else; `tests/real-cluster/run.sh` starts it, and all that compares with real Helm.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test says what went wrong by failing")]

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

const HOOKS: &str = "apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  annotations:
    helm.sh/hook: pre-install,post-install
    helm.sh/hook-weight: \"-5\"
data: {v: \"1\"}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: migrate
  annotations:
    helm.sh/hook: pre-install,post-install
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  backoffLimit: 0
  template:
    spec:
      restartPolicy: Never
      containers:
        - {name: main, image: \"busybox:1.36\", command: [sh, -c, \"echo migrated\"]}
";

/// A namespace of its own, which goes with it.
struct Cluster {
    kubeconfig: String,
    kubectl: PathBuf,
    namespace: String,
    folder: tempdir::Folder,
}

impl Cluster {
    fn new(name: &str) -> Cluster {
        let kubeconfig = std::env::var("HELM_HOOKS_TEST_KUBECONFIG").or_else(|_| std::env::var("KUBECONFIG"));
        let lab = std::env::var("LAB")
            .unwrap_or_else(|_| format!("{}/.cache/helm-hooks-lab", std::env::var("HOME").unwrap_or_default()));
        let own = PathBuf::from(lab).join("bin/kubectl");
        let cluster = Cluster {
            kubeconfig: kubeconfig.expect("HELM_HOOKS_TEST_KUBECONFIG or KUBECONFIG names a cluster"),
            kubectl: if own.exists() { own } else { PathBuf::from("kubectl") },
            namespace: format!("smoke-{name}-{}", std::process::id()),
            folder: tempdir::Folder::new(name),
        };
        cluster.kubectl(&["create", "namespace", &cluster.namespace], None);
        cluster
    }

    fn program(&self, program: &str, words: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(words).env("KUBECONFIG", &self.kubeconfig).env("NO_COLOR", "1").stdin(Stdio::null());
        command
    }

    fn kubectl(&self, words: &[&str], stdin: Option<&str>) -> String {
        let mut command = self.program(&self.kubectl.to_string_lossy(), words);
        if stdin.is_some() {
            command.stdin(Stdio::piped());
        }
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("kubectl can be started");
        if let Some(text) = stdin {
            let mut pipe = child.stdin.take().expect("kubectl listens");
            pipe.write_all(text.as_bytes()).expect("kubectl reads");
        }
        let output = child.wait_with_output().expect("kubectl ends");
        assert!(output.status.success(), "kubectl {words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("kubectl prints UTF-8")
    }

    /// Exit code, and what was printed, of our program.
    fn hooks(&self, words: &[&str]) -> (i32, String, String) {
        let words: Vec<&str> = words.iter().copied().chain(["-n", &self.namespace]).collect();
        let output =
            self.program(env!("CARGO_BIN_EXE_helm-hooks"), &words).output().expect("helm-hooks can be started");
        let text = |bytes| String::from_utf8(bytes).expect("helm-hooks prints UTF-8");
        (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
    }

    fn chart(&self) -> String {
        self.folder.write("chart/Chart.yaml", "apiVersion: v2\nname: c\nversion: 0.1.0\n");
        self.folder.write("chart/templates/all.yaml", HOOKS);
        self.folder.path.join("chart").to_string_lossy().into_owned()
    }

    /// A release as `helm install --no-hooks` leaves it.
    fn release(&self, name: &str) {
        let hooks: Vec<Value> = HOOKS
            .split("---\n")
            .zip([("ConfigMap", "settings", -5), ("Job", "migrate", 0)])
            .map(|(manifest, (kind, name, weight))| {
                let policies = if kind == "Job" { json!(["before-hook-creation", "hook-succeeded"]) } else { json!([]) };
                json!({"name": name, "kind": kind, "path": "c/templates/all.yaml", "manifest": manifest, "weight": weight,
                       "events": ["pre-install", "post-install"], "delete_policies": policies, "last_run": {"phase": ""}})
            })
            .collect();
        let release = json!({"name": name, "version": 1, "namespace": self.namespace, "hooks": hooks, "manifest": "", "config": {},
            "info": {"status": "deployed", "description": "Install complete", "first_deployed": "2026-01-01T00:00:00Z", "last_deployed": "2026-01-01T00:00:00Z"},
            "chart": {"metadata": {"name": "c", "version": "0.1.0", "apiVersion": "v2"}, "templates": [], "values": {}}});
        let mut zip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        zip.write_all(release.to_string().as_bytes()).expect("memory can be written");
        let payload = STANDARD.encode(STANDARD.encode(zip.finish().expect("memory can be written")));
        let labels = json!({"name": name, "owner": "helm", "status": "deployed", "version": "1"});
        let secret = json!({"apiVersion": "v1", "kind": "Secret", "type": "helm.sh/release.v1", "data": {"release": payload},
            "metadata": {"name": format!("sh.helm.release.v1.{name}.v1"), "labels": labels}});
        self.kubectl(&["create", "-n", &self.namespace, "-f", "-"], Some(&secret.to_string()));
    }

    fn objects(&self) -> String {
        let words = ["get", "configmap,job", "-n", &self.namespace, "-o", "name"];
        self.kubectl(&words, None).lines().filter(|line| !line.contains("kube-root-ca")).collect::<Vec<_>>().join(" ")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let words = ["delete", "namespace", &self.namespace, "--wait=false"];
        drop(self.program(&self.kubectl.to_string_lossy(), &words).output());
    }
}

mod tempdir {
    use std::path::PathBuf;

    /// A folder that is removed afterwards.
    pub(crate) struct Folder {
        pub(crate) path: PathBuf,
    }

    impl Folder {
        pub(crate) fn new(name: &str) -> Folder {
            let path = std::env::temp_dir().join(format!("helm-hooks-cluster-{name}-{}", std::process::id()));
            std::fs::create_dir_all(&path).expect("a folder can be made");
            Folder { path }
        }

        pub(crate) fn write(&self, name: &str, text: &str) {
            let path = self.path.join(name);
            std::fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("a folder can be made");
            std::fs::write(path, text).expect("a file can be written");
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            drop(std::fs::remove_dir_all(&self.path));
        }
    }
}

#[test]
#[ignore = "needs a cluster"]
fn run_by_chart() {
    let cluster = Cluster::new("chart");
    let chart = cluster.chart();
    let (code, out, err) =
        cluster.hooks(&["run", "pre-install", "rel", "--chart", &chart, "--yes", "--timeout", "90s"]);
    assert_eq!(code, 0, "{out}{err}");
    assert!(out.contains("migrated"), "the log of the Job is not shown: {out}{err}");
    assert_eq!(cluster.objects(), "configmap/settings");
}

#[test]
#[ignore = "needs a cluster"]
fn run_by_record() {
    let cluster = Cluster::new("record");
    cluster.release("rel");
    let (code, out, err) = cluster.hooks(&["run", "post-install", "rel", "--yes", "-o", "json", "--timeout", "90s"]);
    assert_eq!(code, 0, "{out}{err}");
    for line in out.lines() {
        serde_json::from_str::<Value>(line).expect("one event a line");
    }
    assert_eq!(cluster.objects(), "configmap/settings");
}

#[test]
#[ignore = "needs a cluster"]
fn run_without_consent_touches_nothing() {
    let cluster = Cluster::new("consent");
    cluster.release("rel");
    let (code, out, err) = cluster.hooks(&["run", "post-install", "rel"]);
    assert_eq!(code, 5, "{out}{err}");
    assert_eq!(cluster.objects(), "");
}

#[test]
#[ignore = "needs a cluster"]
fn status_leftovers_and_live_plan() {
    let cluster = Cluster::new("status");
    cluster.release("rel");
    cluster.kubectl(&["create", "-n", &cluster.namespace, "-f", "-"], Some(HOOKS.split("---\n").next().unwrap()));
    let (code, out, err) = cluster.hooks(&["status", "rel", "-o", "json"]);
    assert_eq!(code, 0, "{out}{err}");
    let status: Value = serde_json::from_str(&out).expect("JSON");
    assert!(status.to_string().contains("settings") && status.to_string().contains("migrate"), "{out}");
    let (code, out, err) = cluster.hooks(&["leftovers", "rel", "--exit-code"]);
    assert_eq!(code, 1, "{out}{err}");
    assert!(out.contains("settings") && !out.contains("migrate"), "{out}");
    let (code, out, err) = cluster.hooks(&["plan", "--live", "rel"]);
    assert_eq!(code, 0, "{out}{err}");
    let (code, out, err) = cluster.hooks(&["leftovers", "rel", "--delete", "--yes"]);
    assert_eq!(code, 0, "{out}{err}");
    assert_eq!(cluster.objects(), "");
}
