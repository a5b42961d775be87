//! Small charts that show a rule at work, kept beside it: documentation, test and recording in one.

/// A small chart and what a rule says of it.
#[derive(Clone, Copy, Debug)]
pub struct Vector {
    /// What it shows, in a few words.
    pub name: &'static str,
    /// The chart: files under lines `-- path --`, or one text for `templates/x.yaml`. `Chart.yaml` is added where it is missing.
    /// Each file in `ci/` is one more set of values.
    pub chart: &'static str,
    /// What the rule reports: `severity path:line:column`, in order. Nothing for a good chart.
    pub want: &'static [&'static str],
    /// The files after all fixes (safe and unsafe), in the form of [`Vector::chart`]; `None` when there is no fix or it is not of interest.
    pub fixed: Option<&'static str>,
    /// `--for`: `helm3`, `helm4`, `argocd`, `flux`; empty for both Helms.
    pub engine: &'static str,
    /// The chart to compare with, for rules that need one.
    pub baseline: Option<&'static str>,
}

impl Vector {
    /// A chart with something wrong.
    pub const fn bad(name: &'static str, chart: &'static str, want: &'static [&'static str]) -> Vector {
        Vector { name, chart, want, fixed: None, engine: "", baseline: None }
    }

    /// A chart the rule must keep silent about.
    pub const fn good(name: &'static str, chart: &'static str) -> Vector {
        Vector { name, chart, want: &[], fixed: None, engine: "", baseline: None }
    }

    /// What fixes make of it.
    #[must_use]
    pub const fn fixed(mut self, chart: &'static str) -> Vector {
        self.fixed = Some(chart);
        self
    }

    /// For whom it is linted.
    #[must_use]
    pub const fn engine(mut self, engine: &'static str) -> Vector {
        self.engine = engine;
        self
    }

    /// What it is compared with.
    #[must_use]
    pub const fn baseline(mut self, chart: &'static str) -> Vector {
        self.baseline = Some(chart);
        self
    }

    /// The files of a text in the form of [`Vector::chart`], `Chart.yaml` included.
    pub fn files(chart: &str) -> Vec<(String, String)> {
        let mut files: Vec<(String, String)> = Vec::new();
        for line in chart.split_inclusive('\n') {
            let path = line.trim_end().strip_prefix("-- ").and_then(|rest| rest.strip_suffix(" --"));
            match (path, files.last_mut()) {
                (Some(path), _) => files.push((path.to_owned(), String::new())),
                (None, Some((_, text))) => text.push_str(line),
                (None, None) => files.push(("templates/x.yaml".to_owned(), line.to_owned())),
            }
        }
        if !files.iter().any(|(path, _)| path == "Chart.yaml") {
            files.push(("Chart.yaml".to_owned(), "apiVersion: v2\nname: app\nversion: 1.0.0\n".to_owned()));
        }
        files
    }
}
