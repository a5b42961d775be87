//! Texts that have been parsed before. A chart is rendered more than once (as an install, as an upgrade, with other values), and
//! `tpl` is given the same few texts again and again; what parsing gives depends on nothing but the text and the functions.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use foldhash::fast::RandomState;

use super::error::ParseError;
use super::func::FuncTable;
use super::parse::{Tree, parse};
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
        if let Some((known, trees)) = self.files.borrow().get(&name)
            && *known == text
        {
            return Ok(Rc::clone(trees));
        }
        let trees = self.parse(&name, &text, false)?;
        self.files.borrow_mut().insert(name, (text, Rc::clone(&trees)));
        Ok(trees)
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
