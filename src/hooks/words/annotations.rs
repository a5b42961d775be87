//! The annotations.

use super::{Word, WordKind};

pub(super) static WORDS: [Word; 4] = [
    Word {
        name: "helm.sh/hook",
        aliases: &["hook", "hooks"],
        kind: WordKind::Annotation,
        summary: "makes an object a hook, and says at which events it runs",
        meaning: "An object with this annotation is not part of the release any more: Helm creates it at the events that are named, waits for it if it \
                  is a Job or a Pod, and never updates it. The value is one event or several, separated by commas: pre-install, post-install, \
                  pre-upgrade, post-upgrade, pre-rollback, post-rollback, pre-delete, post-delete, test.",
        when: &[
            "Helm renders the chart; objects with this annotation are set aside",
            "> at each event that is named, the hook is created and, if a Job or a Pod, waited for",
            "helm uninstall does not delete it; only delete policies do",
        ],
        example: "\
apiVersion: batch/v1
kind: Job
metadata:
  name: \"{{ .Release.Name }}-migrate\"
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: migrate
          image: busybox:1.37
          command: [\"true\"]
",
        trap: "One word Helm does not know (a typing error, a comma too many, crd-install, test-failure) and the whole object is dropped: neither hook \
               nor installed, exit code 0.",
        helms: "The words are the same in both.",
        see: &["helm.sh/hook-weight", "helm.sh/hook-delete-policy", "pre-install"],
    },
    Word {
        name: "helm.sh/hook-weight",
        aliases: &["hook-weight", "weight", "order"],
        kind: WordKind::Annotation,
        summary: "says which hook of an event runs first",
        meaning: "A whole number as a string. Hooks of an event run one after the other, the lowest weight first; without the annotation the weight is \
                  0. At equal weight Helm goes by the name. Only when the name is equal too does the kind count (ConfigMap before Job), then the \
                  template's path.",
        when: &[
            "an event begins",
            "> its hooks are sorted: weight, then name, then kind",
            "the first is created and waited for, then the second, and so on",
        ],
        example: "\
apiVersion: v1
kind: ServiceAccount
metadata:
  name: \"{{ .Release.Name }}-migrate\"
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-weight: \"-5\"
",
        trap: "Helm's documentation says that at equal weight the kind decides. It does not: a Job `a-migrate` runs before the ServiceAccount \
               `z-account` it needs. Give what others need a lower weight. And quote the number: an unquoted one renders, but the hook fails when \
               it runs. Anything that is no whole number is 0 without a word.",
        helms: "No difference, whatever the documentation of either says.",
        see: &["helm.sh/hook"],
    },
    Word {
        name: "helm.sh/hook-delete-policy",
        aliases: &["hook-delete-policy", "delete-policy", "policy"],
        kind: WordKind::Annotation,
        summary: "says when the hook's object is deleted",
        meaning: "Hooks are not part of the release: neither upgrade nor uninstall deletes them. This annotation does: before-hook-creation, \
                  hook-succeeded, hook-failed, or several separated by commas. Without it Helm takes before-hook-creation, so each hook leaves one \
                  object behind.",
        when: &[
            "before the hook is created: before-hook-creation",
            "when all hooks of the event have succeeded: hook-succeeded",
            "when the hook has failed: hook-failed",
        ],
        example: "\
apiVersion: batch/v1
kind: Job
metadata:
  name: \"{{ .Release.Name }}-cleanup\"
  annotations:
    helm.sh/hook: post-delete
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: cleanup
          image: busybox:1.37
          command: [\"true\"]
",
        trap: "An empty value or a word Helm does not know (never, hook-success) is no error. It switches the default off, so that nothing is deleted \
               and the next run meets the old object.",
        helms: "CustomResourceDefinitions are never deleted by either. With the old object still there Helm 3 fails (already exists); Helm 4 applies to \
                it, and a finished Job counts as done without running.",
        see: &["before-hook-creation", "hook-succeeded", "hook-failed"],
    },
    Word {
        name: "helm.sh/hook-output-log-policy",
        aliases: &["hook-output-log-policy", "output-log-policy", "log-policy"],
        kind: WordKind::Annotation,
        summary: "says when the logs of a hook's containers are printed",
        meaning: "For Jobs and Pods: hook-succeeded, hook-failed or both. Helm then prints the logs of the hook's containers to stderr, before a delete \
                  policy removes them.",
        when: &[
            "the hook has failed: logs with hook-failed, then the delete policy",
            "all hooks of the event have succeeded: logs with hook-succeeded, then the delete policy, the last hook first",
        ],
        example: "\
apiVersion: batch/v1
kind: Job
metadata:
  name: \"{{ .Release.Name }}-migrate\"
  annotations:
    helm.sh/hook: pre-upgrade
    helm.sh/hook-delete-policy: before-hook-creation,hook-failed
    helm.sh/hook-output-log-policy: hook-failed
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: migrate
          image: busybox:1.37
          command: [\"true\"]
",
        trap: "Nothing is printed while the hook runs, init containers are left out, and it needs the right to list pods.",
        helms: "Since 3.18. Helm 3 prints the logs as they are; Helm 4 prints one log line per container with the line ends escaped.",
        see: &["hook-failed", "hook-succeeded"],
    },
];
