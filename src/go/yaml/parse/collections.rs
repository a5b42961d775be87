//! What may follow what inside sequences and mappings.

use super::{Context, Event, Next, Parser, State, empty_event, in_context};
use crate::go::yaml::error::Problem;
use crate::go::yaml::scan::{Place, TokenKind};

impl<'t> Parser<'t> {
    /// Forgets the token that opens a collection, and remembers where it stands.
    fn open(&mut self, first: bool) -> Result<(), Problem> {
        if first {
            let start = self.peek()?.start;
            self.marks.push(start);
            self.take();
        }
        Ok(())
    }

    fn close(&mut self, event: Event<'t>) -> Next<'t> {
        self.pop_state();
        self.marks.pop();
        self.consume(event)
    }

    fn unexpected(&mut self, text: &'static str, at: Place) -> Problem {
        let context = self.marks.pop().unwrap_or(at);
        in_context(text, at, context)
    }

    pub(super) fn block_sequence_entry(&mut self, first: bool) -> Next<'t> {
        self.open(first)?;
        let token = self.peek()?;
        let (start, end) = (token.start, token.end);
        match token.kind {
            TokenKind::BlockEntry => {
                self.take();
                match self.peek()?.kind {
                    TokenKind::BlockEntry | TokenKind::BlockEnd => self.empty_scalar(end, State::BlockSequenceEntry),
                    _ => self.node_then(Context::Block, State::BlockSequenceEntry),
                }
            }
            TokenKind::BlockEnd => self.close(Event::SequenceEnd),
            _ => Err(self.unexpected("did not find expected '-' indicator", start)),
        }
    }

    pub(super) fn indentless_sequence_entry(&mut self) -> Next<'t> {
        let token = self.peek()?;
        let (start, end) = (token.start, token.end);
        if token.kind != TokenKind::BlockEntry {
            self.pop_state();
            return Ok(empty_event(Event::SequenceEnd, start));
        }
        self.take();
        match self.peek()?.kind {
            TokenKind::BlockEntry | TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd => {
                self.empty_scalar(end, State::IndentlessSequenceEntry)
            }
            _ => self.node_then(Context::Block, State::IndentlessSequenceEntry),
        }
    }

    pub(super) fn block_mapping_key(&mut self, first: bool) -> Next<'t> {
        self.open(first)?;
        let token = self.peek()?;
        let start = token.start;
        match token.kind {
            TokenKind::Key => self.block_mapping_part(State::BlockMappingValue),
            TokenKind::BlockEnd => self.close(Event::MappingEnd),
            _ => Err(self.unexpected("did not find expected key", start)),
        }
    }

    pub(super) fn block_mapping_value(&mut self) -> Next<'t> {
        let token = self.peek()?;
        let start = token.start;
        match token.kind {
            TokenKind::Value => self.block_mapping_part(State::BlockMappingKey),
            _ => self.empty_scalar(start, State::BlockMappingKey),
        }
    }

    /// The node behind the `?` or `:` that is the next token.
    fn block_mapping_part(&mut self, next: State) -> Next<'t> {
        let end = self.peek()?.end;
        self.take();
        match self.peek()?.kind {
            TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd => self.empty_scalar(end, next),
            _ => self.node_then(Context::BlockOrIndentless, next),
        }
    }

    /// Over the `,` that must stand before every entry but the first.
    fn flow_separator(&mut self, first: bool, missing: &'static str) -> Result<(), Problem> {
        let token = self.peek()?;
        let start = token.start;
        if first {
            return Ok(());
        }
        if token.kind != TokenKind::FlowEntry {
            return Err(self.unexpected(missing, start));
        }
        self.take();
        Ok(())
    }

    pub(super) fn flow_sequence_entry(&mut self, first: bool) -> Next<'t> {
        self.open(first)?;
        if self.peek()?.kind != TokenKind::FlowSequenceEnd {
            self.flow_separator(first, "did not find expected ',' or ']'")?;
            match self.peek()?.kind {
                TokenKind::Key => {
                    self.state = State::FlowSequencePairKey;
                    return self.consume(Event::MappingStart { properties: None, flow: true });
                }
                TokenKind::FlowSequenceEnd => {}
                _ => return self.node_then(Context::Flow, State::FlowSequenceEntry),
            }
        }
        self.close(Event::SequenceEnd)
    }

    pub(super) fn flow_sequence_pair_key(&mut self) -> Next<'t> {
        let token = self.peek()?;
        let end = token.end;
        match token.kind {
            TokenKind::Value | TokenKind::FlowEntry | TokenKind::FlowSequenceEnd => {
                // go-yaml swallows the token here, so that `[? : a]` and `[?]` are errors further on.
                self.take();
                self.empty_scalar(end, State::FlowSequencePairValue)
            }
            _ => self.node_then(Context::Flow, State::FlowSequencePairValue),
        }
    }

    pub(super) fn flow_sequence_pair_value(&mut self) -> Next<'t> {
        let token = self.peek()?;
        let start = token.start;
        if token.kind == TokenKind::Value {
            self.take();
            match self.peek()?.kind {
                TokenKind::FlowEntry | TokenKind::FlowSequenceEnd => {}
                _ => return self.node_then(Context::Flow, State::FlowSequencePairEnd),
            }
        }
        self.empty_scalar(start, State::FlowSequencePairEnd)
    }

    pub(super) fn flow_sequence_pair_end(&mut self) -> Next<'t> {
        let start = self.peek()?.start;
        self.state = State::FlowSequenceEntry;
        Ok(empty_event(Event::MappingEnd, start))
    }

    pub(super) fn flow_mapping_key(&mut self, first: bool) -> Next<'t> {
        self.open(first)?;
        if self.peek()?.kind != TokenKind::FlowMappingEnd {
            self.flow_separator(first, "did not find expected ',' or '}'")?;
            match self.peek()?.kind {
                TokenKind::Key => {
                    self.take();
                    let token = self.peek()?;
                    let start = token.start;
                    return match token.kind {
                        TokenKind::Value | TokenKind::FlowEntry | TokenKind::FlowMappingEnd => {
                            self.empty_scalar(start, State::FlowMappingValue)
                        }
                        _ => self.node_then(Context::Flow, State::FlowMappingValue),
                    };
                }
                TokenKind::FlowMappingEnd => {}
                _ => return self.node_then(Context::Flow, State::FlowMappingEmptyValue),
            }
        }
        self.close(Event::MappingEnd)
    }

    pub(super) fn flow_mapping_value(&mut self, empty: bool) -> Next<'t> {
        let token = self.peek()?;
        let mut start = token.start;
        if !empty && token.kind == TokenKind::Value {
            self.take();
            let token = self.peek()?;
            start = token.start;
            match token.kind {
                TokenKind::FlowEntry | TokenKind::FlowMappingEnd => {}
                _ => return self.node_then(Context::Flow, State::FlowMappingKey),
            }
        }
        self.empty_scalar(start, State::FlowMappingKey)
    }
}
