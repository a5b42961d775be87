//! The delete policies.

use super::{Word, WordKind};

pub(super) static WORDS: [Word; 3] = [
    Word {
        name: "before-hook-creation",
        aliases: &[],
        kind: WordKind::DeletePolicy,
        summary: "delete what the last run left, before creating (the default)",
        meaning: "Before Helm creates the hook it deletes the object of the same kind and name, if there is one. That makes a hook repeatable. It \
                  is the default, but only as long as the annotation is missing altogether: any other policy, even an empty one, switches it \
                  off.",
        when: &[
            "the event begins; for each hook in turn:",
            "> the old object is deleted, if there is one",
            "the hook is created and waited for",
            "the object stays until the next run, also after an uninstall",
        ],
        example: "\
apiVersion: batch/v1
kind: Job
metadata:
  name: \"{{ .Release.Name }}-migrate\"
  annotations:
    helm.sh/hook: pre-upgrade
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: migrate
          image: busybox:1.37
          command: [\"true\"]
",
        trap: "Writing hook-succeeded alone loses it: after a failed run the object is still there, and the next run meets it. Write both.",
        helms: "Helm 3 waits until the old object is gone. Helm 4 by default does not wait, and applies to an object that is still going away.",
        see: &["hook-succeeded", "hook-failed", "helm.sh/hook-delete-policy"],
    },
    Word {
        name: "hook-succeeded",
        aliases: &["succeeded"],
        kind: WordKind::DeletePolicy,
        summary: "delete when all hooks of the event have succeeded",
        meaning: "Helm deletes the object, but not as soon as this one hook is done: it waits until every hook of the event has succeeded, and \
                  then deletes in reverse order. As a value of helm.sh/hook-output-log-policy the same word means: print the logs then.",
        when: &[
            "all hooks of the event run, one after the other; none is deleted in between",
            "> all succeeded: logs are printed and objects deleted, the last hook first",
            "one failed: the hooks before it that have this policy are deleted, in the order they ran",
        ],
        example: "\
apiVersion: v1
kind: Pod
metadata:
  name: \"{{ .Release.Name }}-smoke\"
  annotations:
    helm.sh/hook: post-install
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  restartPolicy: Never
  containers:
    - name: smoke
      image: busybox:1.37
      command: [\"true\"]
",
        trap: "A ServiceAccount, ConfigMap or Secret that hooks need is not deleted too early by it: it lives until the end of the event. But it does \
               not live until the next event.",
        helms: "No difference in 3.21 and 4.2. Before 3.19 a failing hook left the earlier ones in place.",
        see: &["before-hook-creation", "hook-failed", "helm.sh/hook-output-log-policy"],
    },
    Word {
        name: "hook-failed",
        aliases: &["failed"],
        kind: WordKind::DeletePolicy,
        summary: "delete when this hook has failed",
        meaning: "When Helm has waited for the hook and the hook failed, its object is deleted. As a value of helm.sh/hook-output-log-policy the same \
                  word means: print the logs then.",
        when: &[
            "the hook is created and waited for",
            "> it fails: logs are printed if asked for, then the object is deleted",
            "earlier hooks of the event with hook-succeeded are deleted; later ones never run",
        ],
        example: "\
apiVersion: batch/v1
kind: Job
metadata:
  name: \"{{ .Release.Name }}-probe\"
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-delete-policy: before-hook-creation,hook-failed
    helm.sh/hook-output-log-policy: hook-failed
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: probe
          image: busybox:1.37
          command: [\"true\"]
",
        trap: "It deletes the evidence: with the Job its pods and their logs are gone. Add helm.sh/hook-output-log-policy, or leave it out. And it does \
               nothing when the hook could not even be created.",
        helms: "No difference in 3.21 and 4.2.",
        see: &["hook-succeeded", "helm.sh/hook-output-log-policy"],
    },
];
