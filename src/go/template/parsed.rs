//! Texts that have been parsed before. A chart is rendered more than once (as an install, as an upgrade, with other values), and
//! `tpl` is given the same few texts again and again; what parsing gives depends on nothing but the text and the functions.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use foldhash::fast::RandomState;

use super::ahead::Ahead;
use super::error::ParseError;
use super::func::FuncTable;
use super::parse::{Parse, Parsed, Scratch, Tree, begin, finish};
use crate::go::limits;
use crate::go::value::Str;

/// The templates a text defines.
pub(super) type Trees = Rc<[Rc<Tree>]>;

/// By their names.
type Files = HashMap<Str, (Arc<[u8]>, Trees), RandomState>;

/// Parsed texts, for all sets that are made over them.
#[derive(Debug)]
pub struct ParsedTexts {
    root: Str,
    funcs: &'static FuncTable,
    files: RefCell<Files>,
    ahead: RefCell<Ahead>,
    scratch: RefCell<Scratch>,
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
        ParsedTexts {
            root: root.into(),
            funcs,
            files: RefCell::default(),
            ahead: RefCell::new(Ahead::new(funcs)),
            scratch: RefCell::default(),
            inline: RefCell::default(),
        }
    }

    /// The name of Go's parent template.
    pub fn root(&self) -> &Str {
        &self.root
    }

    /// The functions the texts may call.
    pub fn funcs(&self) -> &'static FuncTable {
        self.funcs
    }

    /// Takes in the text of a file that will probably be asked for: parsing it can begin while other files are read.
    pub fn expect(&self, text: &Arc<[u8]>) {
        self.ahead.borrow_mut().add(text);
    }

    /// What the text of a file defines.
    pub(super) fn file(&self, name: Str, text: Arc<[u8]>) -> Result<Trees, Box<ParseError>> {
        match self.known(&name, &text) {
            Some(trees) => Ok(trees),
            None => {
                let begun = self.begin(&text);
                self.keep(name, text, begun)
            }
        }
    }

    /// What the texts of files define, in their order, up to the first that does not parse.
    pub(super) fn files(&self, files: &[(Str, Arc<[u8]>)]) -> Result<Vec<Trees>, (usize, Box<ParseError>)> {
        let is_new = |(name, text): &&(Str, Arc<[u8]>)| self.known(name, text).is_none();
        let new: Vec<Arc<[u8]>> = files.iter().filter(is_new).map(|(_, text)| Arc::clone(text)).collect();
        let mut begun = self.ahead.replace(Ahead::new(self.funcs)).take(&new);
        let mut trees = |(name, text): &(Str, Arc<[u8]>)| match begun(text) {
            Some(begun) => self.keep(name.clone(), Arc::clone(text), begun),
            None => self.file(name.clone(), Arc::clone(text)),
        };
        files.iter().enumerate().map(|(at, file)| trees(file).map_err(|e| (at, e))).collect()
    }

    fn begin(&self, text: &Arc<[u8]>) -> Parsed<Parse> {
        begin(text, self.funcs, &mut self.scratch.borrow_mut())
    }

    fn known(&self, name: &Str, text: &[u8]) -> Option<Trees> {
        let files = self.files.borrow();
        files.get(name).filter(|(known, _)| **known == *text).map(|(_, trees)| Rc::clone(trees))
    }

    fn keep(&self, name: Str, text: Arc<[u8]>, begun: Parsed<Parse>) -> Result<Trees, Box<ParseError>> {
        let trees: Trees = finish(&name, None, begun)?.into_iter().map(Rc::new).collect();
        self.files.borrow_mut().insert(name, (text, Rc::clone(&trees)));
        Ok(trees)
    }

    /// What an argument of `tpl` defines, and itself.
    pub(super) fn inline(&self, text: &Str) -> Result<Trees, Box<ParseError>> {
        if let Some(trees) = self.inline.borrow().parsed.get(text.as_bytes()) {
            return Ok(Rc::clone(trees));
        }
        limits::work(WORK_OF_PARSING * (WORK_OF_TEXT + text.len()));
        let begun = self.begin(&Arc::from(text.as_bytes()));
        let trees: Trees = finish(&self.root, Some(text), begun)?.into_iter().map(Rc::new).collect();
        let mut inline = self.inline.borrow_mut();
        if inline.bytes + text.len() > Inline::LIMIT {
            *inline = Inline::default();
        }
        inline.bytes += text.len();
        inline.parsed.insert(text.clone(), Rc::clone(&trees));
        Ok(trees)
    }
}
