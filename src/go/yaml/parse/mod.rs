//! Tokens to events.
//!
//! Mirrors `parserc.go` of `go.yaml.in/yaml/v2`: the grammar, its leniencies and its error texts.

mod collections;

use std::borrow::Cow;

use super::error::{Layer, Problem};
use super::scan::{Place, Scanner, Style, Token, TokenKind};

/// What happens in a YAML text, in the order of the text.
#[derive(Clone, Debug)]
pub(super) enum Event<'t> {
    StreamStart,
    StreamEnd,
    DocumentStart,
    DocumentEnd,
    Alias(&'t [u8]),
    Scalar { properties: Option<Box<Properties<'t>>>, value: Cow<'t, [u8]>, style: Style, plain: bool },
    SequenceStart { properties: Option<Box<Properties<'t>>>, flow: bool },
    SequenceEnd,
    MappingStart { properties: Option<Box<Properties<'t>>>, flow: bool },
    MappingEnd,
}

/// What may stand before a node.
#[derive(Clone, Debug, Default)]
pub(super) struct Properties<'t> {
    pub(super) anchor: Option<Cow<'t, [u8]>>,
    /// With its handle resolved.
    pub(super) tag: Option<Cow<'t, [u8]>>,
}

/// An event and its place.
#[derive(Clone, Debug)]
pub(super) struct Located<'t> {
    pub(super) event: Event<'t>,
    pub(super) start: Place,
    pub(super) end: Place,
}

/// What is expected next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    StreamStart,
    FirstDocumentStart,
    DocumentStart,
    DocumentContent,
    DocumentEnd,
    BlockNode,
    BlockSequenceFirstEntry,
    BlockSequenceEntry,
    IndentlessSequenceEntry,
    BlockMappingFirstKey,
    BlockMappingKey,
    BlockMappingValue,
    FlowSequenceFirstEntry,
    FlowSequenceEntry,
    FlowSequencePairKey,
    FlowSequencePairValue,
    FlowSequencePairEnd,
    FlowMappingFirstKey,
    FlowMappingKey,
    FlowMappingValue,
    FlowMappingEmptyValue,
    End,
}

/// Which nodes may stand here.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Context {
    Block,
    /// A block node, or a sequence that is not indented further than the mapping it is a value of.
    BlockOrIndentless,
    Flow,
}

/// The beginning of every tag of YAML's own.
pub(super) const TAG_PREFIX: &[u8] = b"tag:yaml.org,2002:";

/// Gives the events of a text one by one.
pub(super) struct Parser<'t> {
    scanner: Scanner<'t>,
    state: State,
    states: Vec<State>,
    /// Where the open collections begin, for error messages.
    marks: Vec<Place>,
    tag_handles: Vec<(&'t [u8], Cow<'t, [u8]>)>,
}

type Next<'t> = Result<Located<'t>, Problem>;

impl<'t> Parser<'t> {
    pub(super) fn new(scanner: Scanner<'t>) -> Parser<'t> {
        let state = State::StreamStart;
        Parser { scanner, state, states: Vec::new(), marks: Vec::new(), tag_handles: Vec::new() }
    }

    /// The next event; behind the end of the stream always that end.
    pub(super) fn next(&mut self) -> Next<'t> {
        match self.state {
            State::StreamStart => self.stream_start(),
            State::FirstDocumentStart => self.document_start(true),
            State::DocumentStart => self.document_start(false),
            State::DocumentContent => self.document_content(),
            State::DocumentEnd => self.document_end(),
            State::BlockNode => self.node(Context::Block),
            State::BlockSequenceFirstEntry => self.block_sequence_entry(true),
            State::BlockSequenceEntry => self.block_sequence_entry(false),
            State::IndentlessSequenceEntry => self.indentless_sequence_entry(),
            State::BlockMappingFirstKey => self.block_mapping_key(true),
            State::BlockMappingKey => self.block_mapping_key(false),
            State::BlockMappingValue => self.block_mapping_value(),
            State::FlowSequenceFirstEntry => self.flow_sequence_entry(true),
            State::FlowSequenceEntry => self.flow_sequence_entry(false),
            State::FlowSequencePairKey => self.flow_sequence_pair_key(),
            State::FlowSequencePairValue => self.flow_sequence_pair_value(),
            State::FlowSequencePairEnd => self.flow_sequence_pair_end(),
            State::FlowMappingFirstKey => self.flow_mapping_key(true),
            State::FlowMappingKey => self.flow_mapping_key(false),
            State::FlowMappingValue => self.flow_mapping_value(false),
            State::FlowMappingEmptyValue => self.flow_mapping_value(true),
            State::End => Ok(empty_event(Event::StreamEnd, Place::default())),
        }
    }

    fn peek(&mut self) -> Result<&Token<'t>, Problem> {
        self.scanner.peek()
    }

    /// Removes the token that was looked at.
    fn take(&mut self) -> Option<Token<'t>> {
        self.scanner.take()
    }

    fn pop_state(&mut self) {
        self.state = self.states.pop().unwrap_or(State::End);
    }

    /// An event made of the next token, which is removed.
    fn consume(&mut self, event: Event<'t>) -> Next<'t> {
        let token = self.peek()?;
        let (start, end) = (token.start, token.end);
        self.take();
        Ok(Located { event, start, end })
    }

    /// A null that is not written.
    fn empty_scalar(&mut self, at: Place, next: State) -> Next<'t> {
        self.state = next;
        Ok(empty_scalar(at))
    }

    fn node_then(&mut self, context: Context, next: State) -> Next<'t> {
        self.states.push(next);
        self.node(context)
    }

    fn stream_start(&mut self) -> Next<'t> {
        self.state = State::FirstDocumentStart;
        self.consume(Event::StreamStart)
    }

    fn document_start(&mut self, first: bool) -> Next<'t> {
        if !first {
            while self.peek()?.kind == TokenKind::DocumentEnd {
                self.take();
            }
        }
        let token = self.peek()?;
        let start = token.start;
        match token.kind {
            TokenKind::StreamEnd => {
                self.state = State::End;
                self.consume(Event::StreamEnd)
            }
            TokenKind::VersionDirective { .. } | TokenKind::TagDirective { .. } | TokenKind::DocumentStart => {
                self.explicit_document(start)
            }
            _ if first => {
                self.directives()?;
                self.states.push(State::DocumentEnd);
                self.state = State::BlockNode;
                Ok(empty_event(Event::DocumentStart, start))
            }
            _ => self.explicit_document(start),
        }
    }

    fn explicit_document(&mut self, start: Place) -> Next<'t> {
        self.directives()?;
        let token = self.peek()?;
        if token.kind != TokenKind::DocumentStart {
            return Err(problem("did not find expected <document start>", token.start));
        }
        self.states.push(State::DocumentEnd);
        self.state = State::DocumentContent;
        let event = self.consume(Event::DocumentStart)?;
        Ok(Located { start, ..event })
    }

    fn directives(&mut self) -> Result<(), Problem> {
        let mut versioned = false;
        loop {
            let token = self.peek()?;
            let start = token.start;
            match token.kind {
                TokenKind::VersionDirective { .. } if versioned => {
                    return Err(problem("found duplicate %YAML directive", start));
                }
                TokenKind::VersionDirective { major: 1, minor: 1 } => versioned = true,
                TokenKind::VersionDirective { .. } => {
                    return Err(problem("found incompatible YAML document", start));
                }
                TokenKind::TagDirective { .. } => {}
                _ => break,
            }
            if let Some(Token { kind: TokenKind::TagDirective { handle, prefix }, .. }) = self.take() {
                if self.tag_handles.iter().any(|(known, _)| *known == handle) {
                    return Err(problem("found duplicate %TAG directive", start));
                }
                self.tag_handles.push((handle, prefix));
            }
        }
        for (handle, prefix) in [(&b"!"[..], &b"!"[..]), (b"!!", TAG_PREFIX)] {
            if !self.tag_handles.iter().any(|(known, _)| *known == handle) {
                self.tag_handles.push((handle, Cow::Borrowed(prefix)));
            }
        }
        Ok(())
    }

    fn document_content(&mut self) -> Next<'t> {
        let token = self.peek()?;
        let start = token.start;
        match token.kind {
            TokenKind::VersionDirective { .. }
            | TokenKind::TagDirective { .. }
            | TokenKind::DocumentStart
            | TokenKind::DocumentEnd
            | TokenKind::StreamEnd => {
                self.pop_state();
                Ok(empty_scalar(start))
            }
            _ => self.node(Context::Block),
        }
    }

    fn document_end(&mut self) -> Next<'t> {
        let token = self.peek()?;
        let start = token.start;
        let explicit = token.kind == TokenKind::DocumentEnd;
        self.tag_handles.clear();
        self.state = State::DocumentStart;
        if explicit { self.consume(Event::DocumentEnd) } else { Ok(empty_event(Event::DocumentEnd, start)) }
    }

    fn node(&mut self, context: Context) -> Next<'t> {
        let token = self.peek()?;
        let start = token.start;
        let properties = match token.kind {
            TokenKind::Alias(name) => {
                self.pop_state();
                return self.consume(Event::Alias(name));
            }
            TokenKind::Scalar { .. } => return self.scalar(start, None),
            TokenKind::Anchor(_) | TokenKind::Tag { .. } => Some(Box::new(self.properties(start)?)),
            _ => None,
        };
        let token = self.peek()?;
        let (token_start, token_end) = (token.start, token.end);
        let (event, next) = match token.kind {
            TokenKind::BlockEntry if context == Context::BlockOrIndentless => {
                (Event::SequenceStart { properties, flow: false }, State::IndentlessSequenceEntry)
            }
            TokenKind::Scalar { .. } => return self.scalar(start, properties),
            TokenKind::FlowSequenceStart => {
                (Event::SequenceStart { properties, flow: true }, State::FlowSequenceFirstEntry)
            }
            TokenKind::FlowMappingStart => (Event::MappingStart { properties, flow: true }, State::FlowMappingFirstKey),
            TokenKind::BlockSequenceStart if context != Context::Flow => {
                (Event::SequenceStart { properties, flow: false }, State::BlockSequenceFirstEntry)
            }
            TokenKind::BlockMappingStart if context != Context::Flow => {
                (Event::MappingStart { properties, flow: false }, State::BlockMappingFirstKey)
            }
            _ if properties.is_some() => {
                self.pop_state();
                let plain = properties.as_ref().is_none_or(|properties| properties.tag.is_none());
                let event = Event::Scalar { properties, value: Cow::Borrowed(b""), style: Style::Plain, plain };
                return Ok(Located { event, start, end: token_start });
            }
            _ => return Err(in_context("did not find expected node content", token_start, start)),
        };
        self.state = next;
        Ok(Located { event, start, end: token_end })
    }

    fn scalar(&mut self, start: Place, properties: Option<Box<Properties<'t>>>) -> Next<'t> {
        self.pop_state();
        let end = self.peek()?.end;
        let Some(Token { kind: TokenKind::Scalar { value, style }, .. }) = self.take() else {
            return Ok(empty_scalar(start));
        };
        let plain = match properties.as_ref().and_then(|properties| properties.tag.as_deref()) {
            None => style == Style::Plain,
            // The tag `!` asks for a string and gets what the text looks like.
            Some(tag) => tag == b"!",
        };
        Ok(Located { event: Event::Scalar { properties, value, style, plain }, start, end })
    }

    /// Anchor and tag, in either order.
    fn properties(&mut self, begins: Place) -> Result<Properties<'t>, Problem> {
        let mut properties = Properties::default();
        let mut tagged = None;
        for _ in 0..2 {
            let token = self.peek()?;
            let start = token.start;
            match &token.kind {
                TokenKind::Anchor(name) if properties.anchor.is_none() => properties.anchor = Some(Cow::Borrowed(name)),
                TokenKind::Tag { .. } if tagged.is_none() => {}
                _ => break,
            }
            if let Some(Token { kind: TokenKind::Tag { handle, suffix }, .. }) = self.take() {
                tagged = Some((handle, suffix, start));
            }
        }
        // The token behind them is looked at first: a mistake in it counts more than an unknown handle.
        self.peek()?;
        if let Some((handle, suffix, start)) = tagged {
            let tag = self.resolve_tag(handle, suffix);
            properties.tag = Some(tag.ok_or_else(|| in_context("found undefined tag handle", start, begins))?);
        }
        Ok(properties)
    }

    fn resolve_tag(&self, handle: &[u8], suffix: Cow<'t, [u8]>) -> Option<Cow<'t, [u8]>> {
        if handle.is_empty() {
            return Some(suffix);
        }
        let (_, prefix) = self.tag_handles.iter().find(|(known, _)| *known == handle)?;
        Some(Cow::Owned([prefix, &*suffix].concat()))
    }
}

fn empty_event(event: Event<'_>, at: Place) -> Located<'_> {
    Located { event, start: at, end: at }
}

fn empty_scalar<'t>(at: Place) -> Located<'t> {
    let event = Event::Scalar { properties: None, value: Cow::Borrowed(b""), style: Style::Plain, plain: true };
    empty_event(event, at)
}

fn problem(text: &'static str, at: Place) -> Problem {
    in_context(text, at, Place::default())
}

fn in_context(text: &'static str, at: Place, context: Place) -> Problem {
    Problem { layer: Layer::Parser, text: text.into(), line: at.line, context_line: context.line, offset: at.byte }
}
