//! Rendering one template once more to learn where its output comes from.

use std::rc::Rc;

use super::{Input, Objects, RenderError, error};
use crate::go::limits::Work;
use crate::go::template::{ExecError, Leaves, Segment};
use crate::go::value::Str;
use crate::helm::funcs::Host;
use crate::helm::funcs::flow::NO_VALUE;
use crate::helm::world::World;

/// What happens before the template that is traced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Warmth {
    /// Nothing: enough for nearly every template.
    Cold,
    /// All templates that come before it: what they leave in shared dicts, and the random numbers they use up, are as in
    /// [`render`](super::render).
    Warm,
}

/// Renders the template of a path and traces it. Cold, the text can be another one than [`render`](super::render) gives: compare
/// before you believe. `leaves` are those of the values.
///
/// # Errors
/// As [`render`](super::render).
pub fn trace(
    input: &Input<'_>,
    path: &str,
    warmth: Warmth,
    leaves: &Rc<Leaves>,
    world: &Rc<World>,
) -> Result<(Str, Vec<Segment>), RenderError> {
    let _work = Work::begin();
    // Where a text comes from is told by where it lies in memory: none may lie in two dicts.
    let host = Host { read: None, ..super::host(input, world) };
    let (objects, templates) = (Objects::new(input), input.templates);
    let failed = |path: &str, e: Box<ExecError>| error::exec_error(path, *e, input.dialect);
    for before in templates.outputs().take_while(|before| warmth == Warmth::Warm && *before != path) {
        if let Some(dot) = objects.dot(before, input) {
            super::watched(input, || templates.set().execute(before, &dot, &host)).map_err(|e| failed(before, e))?;
        }
    }
    let Some(dot) = objects.dot(path, input) else { return Ok((Str::default(), Vec::new())) };
    let traced = super::watched(input, || templates.set().trace(path, &dot, &host, leaves));
    let ((text, segments), _) = traced.map_err(|e| failed(path, e))?;
    Ok(without_no_value(text, segments))
}

/// Takes out what Helm takes out of every output, and moves what follows.
fn without_no_value(text: Str, segments: Vec<Segment>) -> (Str, Vec<Segment>) {
    use bstr::ByteSlice;
    let cuts: Vec<usize> = text.as_bytes().find_iter(NO_VALUE).collect();
    if cuts.is_empty() {
        return (text, segments);
    }
    // How far a byte moves to the front; one that is taken out goes to where the cut was.
    let moved = |at: usize| {
        let before = cuts.partition_point(|cut| cut + NO_VALUE.len() <= at);
        let inside = cuts.get(before).filter(|cut| **cut < at).map_or(0, |cut| at - cut);
        at - before * NO_VALUE.len() - inside
    };
    let segments = segments.into_iter().map(|segment| {
        let range = moved(segment.range.start)..moved(segment.range.end);
        // A cut in the middle of a literal leaves bytes that do not stand beside each other in the source.
        let literal = segment.literal && range.len() == segment.range.len();
        Segment { range, literal, ..segment }
    });
    let segments = segments.filter(|segment| !segment.range.is_empty()).collect();
    (Str::from(text.replace(NO_VALUE, b"")), segments)
}
