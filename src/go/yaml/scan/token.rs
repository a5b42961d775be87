//! The tokens of a YAML text and their places.

use std::borrow::Cow;

/// Where the scanner is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mark {
    /// Bytes from the beginning.
    pub(super) byte: usize,
    /// Characters from the beginning.
    pub(super) index: usize,
    /// Lines from 0.
    pub(super) line: u32,
    /// Characters from the beginning of the line.
    pub(super) column: i32,
}

impl Mark {
    /// What of it is kept.
    pub(super) fn place(self) -> Place {
        Place { byte: u32::try_from(self.byte).unwrap_or(u32::MAX), line: self.line }
    }
}

/// A place in the text. Offsets are 32 bits wide, as in [`crate::text::Span`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::go::yaml) struct Place {
    /// Bytes from the beginning.
    pub(in crate::go::yaml) byte: u32,
    /// Lines from 0.
    pub(in crate::go::yaml) line: u32,
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Style {
    /// Without quotes.
    Plain,
    /// In `'`.
    SingleQuoted,
    /// In `"`.
    DoubleQuoted,
    /// A block after `|`.
    Literal,
    /// A block after `>`.
    Folded,
}

/// What a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::go::yaml) enum TokenKind<'t> {
    StreamStart,
    StreamEnd,
    VersionDirective { major: u8, minor: u8 },
    TagDirective { handle: &'t [u8], prefix: Cow<'t, [u8]> },
    DocumentStart,
    DocumentEnd,
    BlockSequenceStart,
    BlockMappingStart,
    BlockEnd,
    FlowSequenceStart,
    FlowSequenceEnd,
    FlowMappingStart,
    FlowMappingEnd,
    BlockEntry,
    FlowEntry,
    Key,
    Value,
    Alias(&'t [u8]),
    Anchor(&'t [u8]),
    Tag { handle: &'t [u8], suffix: Cow<'t, [u8]> },
    Scalar { value: Cow<'t, [u8]>, style: Style },
}

/// A token and where it stands.
#[derive(Clone, Debug)]
pub(in crate::go::yaml) struct Token<'t> {
    pub(in crate::go::yaml) kind: TokenKind<'t>,
    pub(in crate::go::yaml) start: Place,
    pub(in crate::go::yaml) end: Place,
}
