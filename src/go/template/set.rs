//! A set of templates that can call each other, and the layers `tpl` lays over it.
//!
//! Mirrors `text/template/template.go`. Where Go copies the whole set for every `tpl`, a layer here holds only what the
//! text defines.

use std::any::Any;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use foldhash::fast::RandomState;

use super::error::{ExecError, ParseError};
use super::exec::Exec;
use super::func::FuncTable;
use super::parse::Tree;
use super::parsed::ParsedTexts;
use super::trace::{Leaves, Segment};
use crate::go::limits::Work;
use crate::go::value::{Str, Value};

/// What a missing key of a map gives: the option `missingkey`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum MissingKey {
    /// No value at all, Go's default.
    #[default]
    Invalid,
    /// The zero value of the element type, as Helm has it.
    Zero,
    /// An error, as Helm has it under `--strict`.
    Error,
}

/// Templates under their names, with the functions they may call.
#[derive(Debug)]
pub struct TemplateSet {
    texts: Rc<ParsedTexts>,
    pub(super) missing_key: MissingKey,
    templates: HashMap<Str, Rc<Tree>, RandomState>,
    /// Of a set that is made for one run.
    _work: Option<Work>,
}

/// The templates a text of `tpl` defines, over those around it.
#[derive(Debug)]
pub(super) struct Layer {
    below: Option<Rc<Layer>>,
    trees: Vec<Rc<Tree>>,
}

impl TemplateSet {
    /// An empty set, whose life is one piece of [`Work`]. `root` is the name of Go's parent template, under which texts of `tpl` are
    /// parsed (`gotpl` in Helm).
    pub fn new(root: impl Into<Str>, funcs: &'static FuncTable, missing_key: MissingKey) -> TemplateSet {
        TemplateSet {
            _work: Some(Work::begin()),
            ..TemplateSet::over(Rc::new(ParsedTexts::new(root, funcs)), missing_key)
        }
    }

    /// An empty set that parses no text again, for runs that begin their [`Work`] themselves.
    pub fn over(texts: Rc<ParsedTexts>, missing_key: MissingKey) -> TemplateSet {
        TemplateSet { texts, missing_key, templates: HashMap::default(), _work: None }
    }

    /// The name of Go's parent template.
    pub fn root(&self) -> &Str {
        self.texts.root()
    }

    /// Parses a text and adds it and the templates it defines: `t.New(name).Parse(text)`. Later definitions replace
    /// earlier ones, except that an empty one replaces nothing.
    ///
    /// # Errors
    /// Go's error when the text does not parse; the set is unchanged then.
    pub fn parse(&mut self, name: impl Into<Str>, text: impl AsRef<[u8]>) -> Result<(), Box<ParseError>> {
        let trees = self.texts.file(name.into(), text.as_ref().into())?;
        self.add(&trees);
        Ok(())
    }

    /// Parses many texts as [`TemplateSet::parse`] does one after the other.
    ///
    /// # Errors
    /// The first text that does not parse, by its number, with Go's error; the set is unchanged then.
    pub fn parse_all(&mut self, files: &[(Str, Arc<[u8]>)]) -> Result<(), (usize, Box<ParseError>)> {
        for trees in self.texts.files(files)? {
            self.add(&trees);
        }
        Ok(())
    }

    fn add(&mut self, trees: &[Rc<Tree>]) {
        for tree in trees {
            if !(tree.is_empty() && self.templates.contains_key(&tree.name)) {
                self.templates.insert(tree.name.clone(), Rc::clone(tree));
            }
        }
    }

    /// Whether there is a template of this name.
    pub fn contains(&self, name: impl AsRef<[u8]>) -> bool {
        self.templates.contains_key(name.as_ref())
    }

    /// Runs a template: `ExecuteTemplate`. `host` is what functions find behind [`Interp::host`](super::Interp::host).
    ///
    /// # Errors
    /// Go's error when there is no such template or it fails.
    pub fn execute(&self, name: impl Into<Str>, data: &Value, host: &dyn Any) -> Result<Str, Box<ExecError>> {
        Exec::new(self, host).run(&name.into(), data)
    }

    /// Runs a template as [`TemplateSet::execute`] does and tells where each byte of the output comes from; `leaves` are those of
    /// the values.
    ///
    /// # Errors
    /// As [`TemplateSet::execute`].
    pub fn trace(
        &self,
        name: impl Into<Str>,
        data: &Value,
        host: &dyn Any,
        leaves: &Rc<Leaves>,
    ) -> Result<(Str, Vec<Segment>), Box<ExecError>> {
        Exec::tracing(self, host, leaves).run_traced(&name.into(), data)
    }

    /// The template of a name, the topmost layer first.
    pub(super) fn lookup(&self, layer: Option<&Rc<Layer>>, name: &[u8]) -> Option<Rc<Tree>> {
        let mut layer = layer;
        while let Some(top) = layer {
            if let Some(tree) = top.trees.iter().find(|tree| tree.name.as_bytes() == name) {
                return Some(Rc::clone(tree));
            }
            layer = top.below.as_ref();
        }
        self.templates.get(name).cloned()
    }

    /// Parses a text as `tpl` does. Gives the layer with what it defines, and the tree to run.
    pub(super) fn parse_text(
        &self,
        below: Option<&Rc<Layer>>,
        text: &Str,
    ) -> Result<(Rc<Layer>, Rc<Tree>), Box<ParseError>> {
        let parsed = self.texts.inline(text)?;
        let mut trees = Vec::with_capacity(parsed.len());
        let mut main = None;
        for tree in parsed.iter() {
            if tree.name == *self.root() {
                // Go's clone holds an empty template of this name, which anything replaces.
                main = Some(Rc::clone(tree));
            } else if tree.is_empty() && self.lookup(below, tree.name.as_bytes()).is_some() {
                continue;
            }
            trees.push(Rc::clone(tree));
        }
        let main = main.ok_or_else(|| Box::new(ParseError::nowhere("parsing gave no main template")))?;
        Ok((Rc::new(Layer { below: below.cloned(), trees }), main))
    }
}
