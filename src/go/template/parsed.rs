//! Texts that have been parsed before. A chart is rendered more than once (as an install, as an upgrade, with other values), and
//! `tpl` is given the same few texts again and again; what parsing gives depends on nothing but the text and the functions.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use foldhash::fast::RandomState;

use super::error::ParseError;
use super::func::FuncTable;
use super::parse::{Parse, Parsed, Tree, begin, finish, parse};
use crate::go::limits;
use crate::go::value::Str;

/// The templates a text defines.
pub(super) type Trees = Rc<[Rc<Tree>]>;

/// Parsed texts, for all sets that are made over them.
#[derive(Debug)]
pub struct ParsedTexts {
    root: Str,
    funcs: &'static FuncTable,
    files: RefCell<HashMap<Str, (Str, Trees), RandomState>>,
    inline: RefCell<Inline>,
}

/// So many bytes of templates are worth a second thread.
const LARGE: usize = 64 << 10;

/// Reading a byte of a template, and keeping its nodes, is as much work as making so many bytes of text.
const WORK_OF_PARSING: usize = 32;

/// A text is as much work as so many bytes of it.
const WORK_OF_TEXT: usize = 64;

/// Arguments of `tpl`.
#[derive(Debug, Default)]
struct Inline {
    parsed: HashMap<Str, Trees, RandomState>,
    bytes: usize,
}

impl Inline {
    /// Texts kept at most, in bytes: far above what charts hold, and small beside what a render may use.
    const LIMIT: usize = 32 << 20;
}

impl ParsedTexts {
    /// None yet. `root` is the name of Go's parent template, under which texts of `tpl` are parsed (`gotpl` in Helm).
    pub fn new(root: impl Into<Str>, funcs: &'static FuncTable) -> ParsedTexts {
        ParsedTexts { root: root.into(), funcs, files: RefCell::default(), inline: RefCell::default() }
    }

    /// The name of Go's parent template.
    pub fn root(&self) -> &Str {
        &self.root
    }

    /// The functions the texts may call.
    pub fn funcs(&self) -> &'static FuncTable {
        self.funcs
    }

    /// What the text of a file defines.
    pub(super) fn file(&self, name: Str, text: Str) -> Result<Trees, Box<ParseError>> {
        if let Some(trees) = self.known(&name, &text) {
            return Ok(trees);
        }
        let trees = self.parse(&name, &text, false)?;
        self.keep(name, text, Rc::clone(&trees));
        Ok(trees)
    }

    /// What the texts of files define, in their order, up to the first that does not parse.
    pub(super) fn files(&self, files: &[(Str, Str)]) -> Result<Vec<Trees>, (usize, Box<ParseError>)> {
        let is_new = |(_, (name, text)): &(usize, &(Str, Str))| self.known(name, text).is_none();
        let new: Vec<(usize, &(Str, Str))> = files.iter().enumerate().filter(is_new).collect();
        let texts: Vec<_> = new.iter().map(|(_, (name, text))| (name.as_bytes(), text.as_bytes())).collect();
        if texts.iter().map(|(_, text)| text.len()).sum::<usize>() >= LARGE {
            let begun = begin_all(&texts, self.funcs);
            for ((at, (name, text)), begun) in new.into_iter().zip(begun) {
                let Some(begun) = begun else { continue };
                let trees = finish(name, text, false, begun).map_err(|e| (at, e))?;
                self.keep(name.clone(), text.clone(), trees.into_iter().map(Rc::new).collect());
            }
        }
        let tree =
            |(at, (name, text)): (usize, &(Str, Str))| self.file(name.clone(), text.clone()).map_err(|e| (at, e));
        files.iter().enumerate().map(tree).collect()
    }

    fn known(&self, name: &Str, text: &Str) -> Option<Trees> {
        let files = self.files.borrow();
        files.get(name).filter(|(known, _)| known == text).map(|(_, trees)| Rc::clone(trees))
    }

    fn keep(&self, name: Str, text: Str, trees: Trees) {
        self.files.borrow_mut().insert(name, (text, trees));
    }

    /// What an argument of `tpl` defines, and itself.
    pub(super) fn inline(&self, text: &Str) -> Result<Trees, Box<ParseError>> {
        if let Some(trees) = self.inline.borrow().parsed.get(text.as_bytes()) {
            return Ok(Rc::clone(trees));
        }
        limits::work(WORK_OF_PARSING * (WORK_OF_TEXT + text.len()));
        let trees = self.parse(&self.root, text, true)?;
        let mut inline = self.inline.borrow_mut();
        if inline.bytes + text.len() > Inline::LIMIT {
            *inline = Inline::default();
        }
        inline.bytes += text.len();
        inline.parsed.insert(text.clone(), Rc::clone(&trees));
        Ok(trees)
    }

    fn parse(&self, name: &Str, text: &Str, inline: bool) -> Result<Trees, Box<ParseError>> {
        Ok(parse(name, text, inline, self.funcs)?.into_iter().map(Rc::new).collect())
    }
}

/// Parses texts on two threads, each of which takes the next one when it is done with another. On a thread of a pool, which has
/// its share of the processors already, it is one.
fn begin_all<'t>(texts: &[(&'t [u8], &'t [u8])], funcs: &'static FuncTable) -> Vec<Option<Parsed<Parse<'t>>>> {
    let next = AtomicUsize::new(0);
    let work = || {
        let take = || {
            texts.get(next.load(Ordering::Relaxed)).and_then(|_| {
                let at = next.fetch_add(1, Ordering::Relaxed);
                texts.get(at).map(|(name, text)| (at, begin(name, text, funcs)))
            })
        };
        std::iter::from_fn(take).collect::<Vec<_>>()
    };
    let done = thread::scope(|scope| {
        let is_free = rayon::current_thread_index().is_none();
        let other = is_free.then(|| thread::Builder::new().spawn_scoped(scope, work)).and_then(Result::ok);
        let mut done = work();
        if let Some(other) = other {
            // A thread that did not come to its end leaves its texts to whoever asks for them.
            done.extend(other.join().unwrap_or_default());
        }
        done
    });
    let mut begun: Vec<_> = texts.iter().map(|_| None).collect();
    for (at, parse) in done {
        if let Some(place) = begun.get_mut(at) {
            *place = Some(parse);
        }
    }
    begun
}
