//! Pieces: runs of bytes of a text with one origin.

use std::ops::Range;
use std::rc::Rc;

use super::{Segment, SourceRange, ValuePath};

/// Where a piece comes from.
#[derive(Clone, Debug, Default)]
pub(super) struct Origin {
    /// What wrote it; `None` until an action prints it.
    pub(super) place: Option<SourceRange>,
    /// Whether its bytes are those of the place.
    pub(super) literal: bool,
    pub(super) frames: Frames,
    pub(super) value: Option<Rc<ValuePath>>,
}

/// A run of bytes of a text.
#[derive(Clone, Debug)]
pub(in crate::go::template) struct Piece {
    pub(super) range: Range<usize>,
    /// How many bytes of the origin's place come before it, where it is literal.
    pub(super) skip: usize,
    pub(super) origin: Rc<Origin>,
}

/// The actions that called the current template, innermost first.
#[derive(Clone, Debug, Default)]
pub(super) struct Frames(Option<Rc<Frame>>);

#[derive(Debug)]
struct Frame {
    site: SourceRange,
    below: Frames,
}

impl Frames {
    pub(super) fn pushed(&self, site: SourceRange) -> Frames {
        Frames(Some(Rc::new(Frame { site, below: self.clone() })))
    }

    fn to_vec(&self) -> Vec<SourceRange> {
        /// More than anybody reads; a template may call itself thousands of times.
        const SHOWN: usize = 16;
        std::iter::successors(self.0.as_deref(), |frame| frame.below.0.as_deref())
            .take(SHOWN)
            .map(|frame| frame.site.clone())
            .collect()
    }
}

impl Piece {
    /// A piece that is a whole text.
    pub(super) fn whole(len: usize, origin: Rc<Origin>) -> Piece {
        Piece { range: 0..len, skip: 0, origin }
    }

    /// Whether anything is known of where it comes from.
    pub(super) fn is_known(&self) -> bool {
        self.origin.place.is_some() || self.origin.value.is_some()
    }

    /// What the world outside sees of it.
    pub(super) fn segment(&self) -> Segment {
        let Origin { place, literal, frames, value } = &*self.origin;
        let place = place.clone().map(|place| {
            if !literal {
                return place;
            }
            let start = place.span.start.saturating_add(narrow(self.skip)).min(place.span.end);
            let end = start.saturating_add(narrow(self.range.len())).min(place.span.end);
            SourceRange { span: start..end, ..place }
        });
        Segment {
            range: self.range.clone(),
            place,
            literal: *literal,
            called_by: frames.to_vec(),
            value: value.clone(),
        }
    }
}

/// The pieces of a part of a text, moved so that the part begins at `at`.
pub(super) fn slice(pieces: &[Piece], part: Range<usize>, at: usize) -> Vec<Piece> {
    let from = pieces.partition_point(|piece| piece.range.end <= part.start);
    let cut = pieces.iter().skip(from).take_while(|piece| piece.range.start < part.end).map(|piece| {
        let start = piece.range.start.max(part.start);
        let end = piece.range.end.min(part.end);
        Piece {
            range: start - part.start + at..end - part.start + at,
            skip: piece.skip + (start - piece.range.start),
            origin: Rc::clone(&piece.origin),
        }
    });
    cut.collect()
}

/// Pieces in order and without holes: what nobody wrote gets a piece without origin.
pub(super) fn covered(mut pieces: Vec<Piece>, whole: Range<usize>) -> Vec<Piece> {
    pieces.sort_by_key(|piece| piece.range.start);
    let nobody = Rc::new(Origin::default());
    let mut out: Vec<Piece> = Vec::with_capacity(pieces.len() + 1);
    let mut at = whole.start;
    for piece in pieces {
        let start = piece.range.start.max(at);
        let end = piece.range.end.min(whole.end);
        if start >= end {
            continue;
        }
        if at < start {
            out.push(Piece { range: at..start, skip: 0, origin: Rc::clone(&nobody) });
        }
        let skip = piece.skip + (start - piece.range.start);
        out.push(Piece { range: start..end, skip, origin: piece.origin });
        at = end;
    }
    if at < whole.end {
        out.push(Piece { range: at..whole.end, skip: 0, origin: nobody });
    }
    out
}

/// Pieces that are not the bytes of their place any more: changed by a function.
pub(super) fn reworked(pieces: Vec<Piece>) -> Vec<Piece> {
    let rework = |piece: Piece| {
        let segment = piece.segment();
        let frames = piece.origin.frames.clone();
        let origin = Origin { place: segment.place, literal: false, frames, value: segment.value };
        Piece { skip: 0, origin: Rc::new(origin), ..piece }
    };
    pieces.into_iter().map(rework).collect()
}

fn narrow(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
