//! Findings as rules report them: places in rendered documents, to be traced to the source later.

use std::ops::Range;

use crate::text::Severity;

use super::{Audience, Fix};

/// A place as rules know it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Spot {
    /// Bytes of the text of a document, by its index in [`Subject::documents`](super::Subject::documents).
    Document {
        /// The document.
        doc: usize,
        /// The bytes.
        span: Range<u32>,
    },
    /// Bytes of a file of the chart that is no template, by its path relative to the chart (`charts/sub/crds/x.yaml`).
    File {
        /// The path.
        path: String,
        /// The bytes.
        span: Range<u32>,
    },
}

/// Another place that matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// Where.
    pub spot: Spot,
    /// What is there: lowercase, without a final dot.
    pub message: String,
}

/// A finding before its place in the source is known.
#[derive(Clone, Debug)]
pub struct Draft {
    /// How bad it is.
    pub severity: Severity,
    /// Where it is.
    pub spot: Spot,
    /// One sentence, or two: what happens and when, with the object, the event, the command that fails and the Helm that minds.
    pub message: String,
    /// One sentence: what to change.
    pub help: String,
    /// Other places.
    pub related: Vec<Related>,
    /// What mends it.
    pub fix: Option<Fix>,
    /// Who minds.
    pub engines: Audience,
    /// Another document's place that may be written by the same line: then the line that calls for it in this document is meant.
    pub apart_from: Option<Spot>,
    /// A text that is nobody's mistake where it is a value from outside and the chart has none of its own there.
    pub unless_given: Option<String>,
}

impl Draft {
    /// A finding at a span of a document, which everybody minds.
    pub fn new(severity: Severity, doc: usize, span: Range<u32>, message: impl Into<String>) -> Draft {
        Draft {
            severity,
            spot: Spot::Document { doc, span },
            message: message.into(),
            help: String::new(),
            related: Vec::new(),
            fix: None,
            engines: Audience::ALL,
            apart_from: None,
            unless_given: None,
        }
    }

    /// A finding in a file of the chart that is no template.
    pub fn in_file(severity: Severity, path: &str, span: Range<u32>, message: impl Into<String>) -> Draft {
        let spot = Spot::File { path: path.to_owned(), span };
        Draft { spot, ..Draft::new(severity, 0, 0..0, message) }
    }

    /// Says what to change.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Draft {
        self.help = help.into();
        self
    }

    /// Names another place.
    #[must_use]
    pub fn related(mut self, doc: usize, span: Range<u32>, message: impl Into<String>) -> Draft {
        self.related.push(Related { spot: Spot::Document { doc, span }, message: message.into() });
        self
    }

    /// Says how to mend it.
    #[must_use]
    pub fn fix(mut self, fix: impl Into<Option<Fix>>) -> Draft {
        self.fix = fix.into();
        self
    }

    /// Says which place of another document must not be written by the line that is shown.
    #[must_use]
    pub fn apart_from(mut self, doc: usize, span: Range<u32>) -> Draft {
        self.apart_from = Some(Spot::Document { doc, span });
        self
    }

    /// Takes it back where a text is a value from outside and the chart has none of its own there.
    #[must_use]
    pub fn unless_given(mut self, text: impl Into<String>) -> Draft {
        self.unless_given = Some(text.into());
        self
    }

    /// Says who minds.
    #[must_use]
    pub fn engines(mut self, engines: Audience) -> Draft {
        self.engines = engines;
        self
    }
}

/// What a rule reports into.
#[derive(Debug, Default)]
pub struct Findings {
    drafts: Vec<Draft>,
}

impl Findings {
    /// Adds a finding.
    pub fn push(&mut self, draft: Draft) {
        self.drafts.push(draft);
    }

    /// All of them, in the order they were reported.
    pub fn into_drafts(self) -> Vec<Draft> {
        self.drafts
    }
}
