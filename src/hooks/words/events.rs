//! The events.

use super::{Word, WordKind};

pub(super) static WORDS: [Word; 9] = [
    Word {
        name: "pre-install",
        aliases: &[],
        kind: WordKind::Event,
        summary: "before anything of a new release is created",
        meaning: "A pre-install hook is an object, usually a Job, that Helm creates before it creates the rest of the chart. Helm waits \
                  until the Job is complete and only then goes on. If the Job fails, nothing of the chart is created.",
        when: &[
            "helm install: Helm renders the chart and creates the CRDs of crds/",
            "the release is recorded as pending-install",
            "> pre-install hooks run, one after the other",
            "Helm creates the objects of the chart",
            "post-install hooks run",
            "the release is recorded as deployed",
        ],
        example: "\
apiVersion: batch/v1
kind: Job
metadata:
  name: \"{{ .Release.Name }}-check\"
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  backoffLimit: 0
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: check
          image: busybox:1.37
          command: [\"sh\", \"-c\", \"nslookup db.example.com\"]
",
        trap: "It runs before everything else, so the chart's own ConfigMaps, Secrets and ServiceAccounts do not exist yet. What the hook \
               needs must be a pre-install hook too, with a lower weight. And it does not run on an upgrade: write \
               `pre-install,pre-upgrade` for a migration.",
        helms: "After a failed first install, `helm upgrade --install` runs the upgrade hooks, not these (both Helms). Helm 4 creates \
                hooks with a server-side apply, so fields Kubernetes does not know are errors; Helm 3 only warns.",
        see: &["pre-upgrade", "post-install", "helm.sh/hook-weight", "helm.sh/hook-delete-policy"],
    },
    Word {
        name: "post-install",
        aliases: &[],
        kind: WordKind::Event,
        summary: "after the objects of a new release were created",
        meaning: "A post-install hook runs when Helm has created all objects of the chart for the first time. The release counts as \
                  deployed only when the hook has succeeded.",
        when: &[
            "helm install: pre-install hooks run",
            "Helm creates the objects of the chart (and with --wait waits until they are ready)",
            "> post-install hooks run, one after the other",
            "the release is recorded as deployed",
        ],
        example: "\
apiVersion: batch/v1
kind: Job
metadata:
  name: \"{{ .Release.Name }}-seed\"
  annotations:
    helm.sh/hook: post-install
spec:
  backoffLimit: 5
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: seed
          image: busybox:1.37
          command: [\"sh\", \"-c\", \"wget -qO- http://{{ .Release.Name }}/healthz\"]
",
        trap: "Created does not mean ready: without --wait the Deployment's pods may still be starting. Let the Job retry (backoffLimit), \
               or install with --wait.",
        helms: "In Helm 4 --wait takes a strategy (watcher, legacy); with the default, hookOnly, Helm waits for hooks alone.",
        see: &["pre-install", "post-upgrade"],
    },
    Word {
        name: "pre-upgrade",
        aliases: &[],
        kind: WordKind::Event,
        summary: "before an upgrade changes anything",
        meaning: "A pre-upgrade hook of the new chart version runs while the old objects are still in place: the usual moment for a \
                  database migration or a backup. If it fails, the new revision is recorded as failed and the old one stays deployed, \
                  untouched.",
        when: &[
            "helm upgrade: Helm renders the new chart",
            "a new revision is recorded as pending-upgrade",
            "> pre-upgrade hooks of the new revision run, one after the other",
            "Helm updates, creates and deletes objects",
            "post-upgrade hooks of the new revision run",
            "the new revision is recorded as deployed, the old one as superseded",
        ],
        example: "\
apiVersion: batch/v1
kind: Job
metadata:
  name: \"{{ .Release.Name }}-migrate\"
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-weight: \"0\"
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  backoffLimit: 0
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: migrate
          image: example/app:2.0
          args: [\"migrate\"]
",
        trap: "It runs on every upgrade, also when nothing changed, and beside the old version of the app. ConfigMaps and Secrets are still \
               the old ones then.",
        helms: "Helm 3 fails when the hook's object still exists and no before-hook-creation deletes it; Helm 4 applies to the old object, \
                and a finished Job then counts as done without running.",
        see: &["pre-install", "post-upgrade", "before-hook-creation"],
    },
    Word {
        name: "post-upgrade",
        aliases: &[],
        kind: WordKind::Event,
        summary: "after an upgrade changed the objects",
        meaning: "A post-upgrade hook of the new chart version runs when Helm has updated the objects. If it fails, the revision is recorded \
                  as failed although the new objects are in place.",
        when: &[
            "helm upgrade: pre-upgrade hooks of the new revision run",
            "Helm updates, creates and deletes objects (and with --wait waits until they are ready)",
            "> post-upgrade hooks of the new revision run, one after the other",
            "the new revision is recorded as deployed, the old one as superseded",
        ],
        example: "\
apiVersion: batch/v1
kind: Job
metadata:
  name: \"{{ .Release.Name }}-notify\"
  annotations:
    helm.sh/hook: post-install,post-upgrade
    helm.sh/hook-delete-policy: before-hook-creation
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: notify
          image: busybox:1.37
          command: [\"sh\", \"-c\", \"echo revision {{ .Release.Revision }} is out\"]
",
        trap: "Without --wait the new pods may not be ready yet. A failure here does not take the upgrade back, unless --atomic (Helm 4: \
               --rollback-on-failure) was given, and then the rollback hooks of the old revision run.",
        helms: "No difference in when it runs.",
        see: &["pre-upgrade", "post-rollback"],
    },
    Word {
        name: "pre-rollback",
        aliases: &[],
        kind: WordKind::Event,
        summary: "before a rollback changes anything",
        meaning: "A rollback makes a new revision out of an old one. Its hooks are those of the old revision that is returned to, not those of \
                  the current one.",
        when: &[
            "helm rollback: Helm copies the target revision into a new one, recorded as pending-rollback",
            "> pre-rollback hooks of the target revision run, one after the other",
            "Helm updates, creates and deletes objects",
            "post-rollback hooks of the target revision run",
            "the new revision is recorded as deployed",
        ],
        example: "\
apiVersion: batch/v1
kind: Job
metadata:
  name: \"{{ .Release.Name }}-stop-writes\"
  annotations:
    helm.sh/hook: pre-rollback
    helm.sh/hook-delete-policy: before-hook-creation
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: stop
          image: busybox:1.37
          command: [\"sh\", \"-c\", \"echo stopping writes\"]
",
        trap: "A hook added in revision 5 does not run on a rollback from 5 to 4: revision 4 does not have it. And a failing rollback hook leaves \
               the new revision in pending-rollback for good: upgrades refuse until another rollback (if need be with --no-hooks) succeeds.",
        helms: "No difference in when it runs.",
        see: &["post-rollback", "pre-upgrade"],
    },
    Word {
        name: "post-rollback",
        aliases: &[],
        kind: WordKind::Event,
        summary: "after a rollback changed the objects",
        meaning: "Runs when Helm has brought the objects back to the old revision. Its hooks are those of that old revision.",
        when: &[
            "helm rollback: pre-rollback hooks of the target revision run",
            "Helm updates, creates and deletes objects (and with --wait waits until they are ready)",
            "> post-rollback hooks of the target revision run, one after the other",
            "the new revision is recorded as deployed",
        ],
        example: "\
apiVersion: batch/v1
kind: Job
metadata:
  name: \"{{ .Release.Name }}-report\"
  annotations:
    helm.sh/hook: post-rollback
    helm.sh/hook-delete-policy: before-hook-creation
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: report
          image: busybox:1.37
          command: [\"sh\", \"-c\", \"echo rolled back\"]
",
        trap: "When it fails, the objects are already rolled back but the revision stays pending-rollback for good, and upgrades refuse.",
        helms: "No difference in when it runs.",
        see: &["pre-rollback", "post-upgrade"],
    },
    Word {
        name: "pre-delete",
        aliases: &["pre-uninstall"],
        kind: WordKind::Event,
        summary: "before an uninstall deletes anything",
        meaning: "Runs at `helm uninstall`, while everything still exists: the moment to drain, to back up, to take down what the chart made \
                  outside of Helm. If it fails, nothing is deleted.",
        when: &[
            "helm uninstall: Helm takes the newest revision, also a failed one",
            "> pre-delete hooks of that revision run, one after the other",
            "Helm deletes the objects of the chart",
            "post-delete hooks run",
            "the release's records are removed",
        ],
        example: "\
apiVersion: batch/v1
kind: Job
metadata:
  name: \"{{ .Release.Name }}-backup\"
  annotations:
    helm.sh/hook: pre-delete
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: backup
          image: busybox:1.37
          command: [\"sh\", \"-c\", \"echo backing up\"]
",
        trap: "The hook's own object is not deleted by the uninstall: without hook-succeeded it stays in the namespace. When the hook fails, the \
               release stays `uninstalling`; repeat the uninstall, or get through with --no-hooks.",
        helms: "Helm 4 applies uninstall hooks also for releases that Helm 3 made.",
        see: &["post-delete", "hook-succeeded"],
    },
    Word {
        name: "post-delete",
        aliases: &["post-uninstall"],
        kind: WordKind::Event,
        summary: "after an uninstall deleted the objects",
        meaning: "Runs at `helm uninstall` when the chart's objects have been deleted: the moment to remove what nobody else removes, such as \
                  volumes or certificates.",
        when: &[
            "helm uninstall: pre-delete hooks run",
            "Helm deletes the objects of the chart (and with --wait waits until they are gone)",
            "> post-delete hooks run, one after the other",
            "the release's records are removed, also when a post-delete hook failed",
        ],
        example: "\
apiVersion: batch/v1
kind: Job
metadata:
  name: \"{{ .Release.Name }}-forget\"
  annotations:
    helm.sh/hook: post-delete
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: forget
          image: busybox:1.37
          command: [\"sh\", \"-c\", \"echo gone\"]
",
        trap: "The chart's ServiceAccounts, Secrets and ConfigMaps are gone by then. What the hook needs must be a hook itself, and then somebody \
               must delete that.",
        helms: "No difference in when it runs.",
        see: &["pre-delete", "hook-succeeded"],
    },
    Word {
        name: "test",
        aliases: &["test-success"],
        kind: WordKind::Event,
        summary: "on helm test",
        meaning: "A test hook runs only when somebody types `helm test RELEASE`: usually a Pod that tries whether the app answers. It is \
                  installed with nothing and waits for nobody. `test-success` is the older name of the same event.",
        when: &[
            "helm install or upgrade: nothing of the test is created",
            "> helm test: the tests of the newest revision run, one after the other; a failing one stops the rest",
            "the record notes which tests passed; the release's status does not change",
        ],
        example: "\
apiVersion: v1
kind: Pod
metadata:
  name: \"{{ .Release.Name }}-answers\"
  annotations:
    helm.sh/hook: test
spec:
  restartPolicy: Never
  containers:
    - name: answers
      image: busybox:1.37
      command: [\"wget\", \"-qO-\", \"http://{{ .Release.Name }}\"]
",
        trap: "`test-failure` is no event any more: Helm drops the whole object without a word. With hook-succeeded the pod, and its log, are gone \
               when the test has passed.",
        helms: "Helm 3: `helm test --logs` fails when a delete policy has removed the pod. Helm 4 fetches the logs first.",
        see: &["helm.sh/hook", "hook-succeeded"],
    },
];
