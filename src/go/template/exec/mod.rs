//! The evaluator: walks a tree and writes what it prints.
//!
//! Mirrors `text/template/exec.go`. Like there, the node being looked at is kept up to date as evaluation goes, because
//! messages show the one that was looked at last, which is not always the one that failed.

mod builtins;
mod call;
mod compare;
mod eval;
mod field;
mod range;

use std::any::Any;
use std::rc::Rc;

use super::error::{ExecError, Frame, FuncError, TextError};
use super::func::Interp;
use super::operand::Operand;
use super::parse::{Branch, NodeId, NodeKind, Pipe, Source, StringId, Symbol, Tree};
use super::set::{Layer, TemplateSet};
use super::trace::{Leaves, Segment, Tracer};
use crate::go::fmt::append_value;
use crate::go::limits::{self, MAX_WORK};
use crate::go::stack::with_room_for_call;
use crate::go::strconv::quote;
use crate::go::value::{Str, Value};

/// How deep `template` actions may nest. Go stops at 100 000, on a stack that grows to a gigabyte; a loop of up to eight
/// templates stops at the same action here, as the two numbers differ by a multiple of 1 to 8.
const MAX_TEMPLATE_DEPTH: u32 = 10_120;

/// What Go's message for too deep `template` actions says.
const GO_TEMPLATE_DEPTH: u32 = 100_000;

/// How deep `include` and `tpl` may nest. Helm allows each name a thousand times, Go stops when its stack is full and
/// takes the process with it.
const MAX_NESTED_RUNS: u32 = 4_000;

/// What one run may print, in bytes. A release with more than a megabyte of manifests does not fit into its Secret.
const MAX_OUTPUT: usize = 64 << 20;

/// How many nodes one run may walk. Real charts stay far below a million; this is a second or two of work.
const MAX_STEPS: u64 = if cfg!(fuzzing) { 500_000 } else { 50_000_000 };

/// What is set aside for the output of a run at most, before it prints anything.
const MOST_RESERVED: usize = 128 << 10;

/// To call a template or to run a text, beside what is in it.
const WORK_OF_RUN: usize = 256;

/// Walking a node is as much work as making so many bytes of text.
const WORK_OF_STEP: usize = 32;

type Eval<T> = Result<T, Box<ExecError>>;

/// What follows a node: the next one, or the end of a turn of `range`, or the end of the `range`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flow {
    Next,
    Continue,
    Break,
}

struct Variable {
    symbol: Symbol,
    value: Operand,
}

/// A run of a template and of everything it calls.
pub(super) struct Exec<'a> {
    set: &'a TemplateSet,
    host: &'a dyn Any,
    layer: Option<Rc<Layer>>,
    out: Vec<u8>,
    /// The variables of all templates that run, innermost last.
    variables: Vec<Variable>,
    /// Where those of the current template begin.
    variables_start: usize,
    /// The current template's name.
    name: Str,
    /// The node looked at last.
    node: Option<NodeId>,
    template_depth: u32,
    nested_runs: u32,
    steps: u64,
    /// The second book of a run that traces.
    trace: Option<Box<Tracer>>,
}

impl<'a> Exec<'a> {
    pub(super) fn new(set: &'a TemplateSet, host: &'a dyn Any) -> Exec<'a> {
        Exec {
            set,
            host,
            layer: None,
            out: Vec::new(),
            variables: Vec::new(),
            variables_start: 0,
            name: Str::default(),
            node: None,
            template_depth: 0,
            nested_runs: 0,
            steps: 0,
            trace: None,
        }
    }

    /// A run that keeps book of where its output comes from.
    pub(super) fn tracing(set: &'a TemplateSet, host: &'a dyn Any, leaves: &Rc<Leaves>) -> Exec<'a> {
        Exec { trace: Some(Box::new(Tracer::new(leaves))), ..Exec::new(set, host) }
    }

    /// [`Exec::run`] with the origin of the output.
    pub(super) fn run_traced(mut self, name: &Str, data: &Value) -> Eval<(Str, Vec<Segment>)> {
        let Some(tree) = self.set.lookup(None, name.as_bytes()) else {
            return self.run(name, data).map(|text| (text, Vec::new()));
        };
        with_room_for_call(|| self.enter(&tree, Operand::concrete(data.clone())))?;
        let segments = self.trace.take().map(|trace| trace.segments()).unwrap_or_default();
        Ok((Str::from(std::mem::take(&mut self.out)), segments))
    }

    /// `ExecuteTemplate` into a string.
    pub(super) fn run(&mut self, name: &Str, data: &Value) -> Eval<Str> {
        match self.set.lookup(self.layer.as_ref(), name.as_bytes()) {
            Some(tree) => self.run_tree(&tree, data, None),
            None => {
                let (name, root) = (quote(name.as_bytes()), quote(self.set.root().as_bytes()));
                Err(plain_error(format!("template: no template {name} associated with template {root}")))
            }
        }
    }

    /// `Execute` into a string.
    fn run_tree(&mut self, tree: &Tree, data: &Value, inline: Option<&Str>) -> Eval<Str> {
        if self.nested_runs == MAX_NESTED_RUNS {
            let cause = format!("exceeded maximum depth of nested executions ({MAX_NESTED_RUNS})");
            return Err(plain_error(format!("template: {}: {cause}", tree.name)));
        }
        limits::work(WORK_OF_RUN);
        if self.out.capacity() == 0 {
            // Most templates print less than they are long.
            self.out.reserve(tree.source.text.len().min(MOST_RESERVED));
        }
        let start = self.out.len();
        let depth = std::mem::take(&mut self.template_depth);
        self.nested_runs += 1;
        let saved = self.trace.as_mut().map(|trace| trace.enter(inline));
        let result = with_room_for_call(|| self.enter(tree, Operand::concrete(data.clone())));
        self.nested_runs -= 1;
        self.template_depth = depth;
        let text = result.map(|()| Str::from(self.out.get(start..).unwrap_or_default()));
        self.out.truncate(start);
        if let (Some(trace), Some(saved)) = (&mut self.trace, saved) {
            trace.leave(saved);
            match &text {
                Ok(text) => trace.cut(start, text),
                Err(_) => trace.forget(start),
            }
        }
        text
    }

    /// Runs a template in a state of its own.
    fn enter(&mut self, tree: &Tree, dot: Operand) -> Eval<()> {
        let name = std::mem::replace(&mut self.name, tree.name.clone());
        let node = self.node.take();
        let mark = self.variables.len();
        let start = std::mem::replace(&mut self.variables_start, mark);
        self.variables.push(Variable { symbol: Symbol::DOLLAR, value: dot.clone() });
        let result = self.walk(&tree.source, tree.root, &dot);
        self.variables.truncate(mark);
        self.variables_start = start;
        self.node = node;
        self.name = name;
        result.map(|_| ())
    }

    fn at(&mut self, node: NodeId) {
        self.node = Some(node);
    }

    /// An error at the node looked at last.
    fn error(&self, source: &Source, cause: impl Into<String>) -> Box<ExecError> {
        self.framed(self.frame(source), cause.into())
    }

    fn framed(&self, frame: Frame, cause: String) -> Box<ExecError> {
        let message = format!("{}{cause}", self.prefix(&frame));
        Box::new(ExecError { chain: vec![message.len()], message, frames: vec![frame], cause, is_exec_error: true })
    }

    /// An error that Go does not know, at the node looked at last, which may be as long as a file.
    fn limit_error(&self, source: &Source, cause: String) -> Box<ExecError> {
        const SHOWN: usize = 80;
        let mut frame = self.frame(source);
        if let Some((end, _)) = frame.context.char_indices().nth(SHOWN) {
            frame.context.truncate(end);
            frame.context.push_str("...");
        }
        self.framed(frame, cause)
    }

    /// The error of a function, called by a node.
    fn call_error(&mut self, source: &Source, node: NodeId, name: &[u8], error: FuncError) -> Box<ExecError> {
        self.at(node);
        let frame = self.frame(source);
        let name = String::from_utf8_lossy(name);
        let message = format!("{}error calling {name}: {}", self.prefix(&frame), error.message);
        let mut chain = error.chain;
        chain.splice(0..0, [message.len(), error.message.len()]);
        let mut frames = error.frames;
        frames.insert(0, frame);
        let cause = error.cause.unwrap_or(error.message);
        Box::new(ExecError { message, chain, frames, cause, is_exec_error: true })
    }

    fn frame(&self, source: &Source) -> Frame {
        let (pos, context) = self.node.map_or((0, String::new()), |id| (source.node(id).pos, source.show(id)));
        let (line, column) = source.line_and_column(pos);
        Frame {
            template: source.name.to_text().into_owned(),
            offset: pos,
            line,
            column,
            context,
            inline_text: source.inline.then(|| Str::from(&*source.text)),
        }
    }

    fn prefix(&self, frame: &Frame) -> String {
        let Frame { template, line, column, context, .. } = frame;
        format!("template: {template}:{line}:{column}: executing {} at <{context}>: ", quote(self.name.as_bytes()))
    }

    fn work_error(&self, source: &Source) -> Box<ExecError> {
        let cause = format!("exceeded maximum work of one rendering ({MAX_WORK} bytes of values made or read)");
        self.limit_error(source, cause)
    }

    fn step(&mut self, source: &Source) -> Eval<()> {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            return Err(self.limit_error(source, format!("exceeded maximum number of steps ({MAX_STEPS})")));
        }
        if !limits::work(WORK_OF_STEP) {
            return Err(self.work_error(source));
        }
        Ok(())
    }

    fn write(&mut self, source: &Source, text: &[u8]) -> Eval<()> {
        self.out.extend_from_slice(text);
        self.check_output(source)
    }

    fn check_output(&self, source: &Source) -> Eval<()> {
        if self.out.len() > MAX_OUTPUT {
            return Err(self.limit_error(source, format!("exceeded maximum output size ({MAX_OUTPUT} bytes)")));
        }
        Ok(())
    }

    fn walk(&mut self, source: &Source, id: NodeId, dot: &Operand) -> Eval<Flow> {
        self.step(source)?;
        self.at(id);
        match source.kind(id) {
            NodeKind::List(nodes) => {
                for node in source.nodes(*nodes) {
                    let flow = self.walk(source, *node, dot)?;
                    if flow != Flow::Next {
                        return Ok(flow);
                    }
                }
            }
            NodeKind::Text(bytes) => {
                if let Some(trace) = &mut self.trace {
                    trace.wrote(self.out.len(), source, *bytes);
                }
                self.write(source, source.bytes(*bytes))?;
            }
            NodeKind::Action { pipe } => {
                if let Some(trace) = &mut self.trace {
                    trace.enter_action(source, id);
                } else if let Some(text) = source.lone_string(*pipe) {
                    // Many dashboards are full of `{{`, written so. They make no value.
                    limits::work(text.len());
                    self.write(source, text)?;
                    return Ok(Flow::Next);
                }
                let value = self.eval_pipe(source, dot, *pipe)?;
                if !declares(source, *pipe) {
                    self.at(id);
                    let start = self.out.len();
                    append_value(&mut self.out, value.value());
                    limits::work(self.out.len() - start);
                    if let Some(trace) = &mut self.trace {
                        trace.printed(start, &self.out, value.value());
                    }
                    self.check_output(source)?;
                }
            }
            NodeKind::If(branch) => return with_room_for_call(|| self.walk_if(source, *branch, false, dot)),
            NodeKind::With(branch) => return with_room_for_call(|| self.walk_if(source, *branch, true, dot)),
            NodeKind::Range(branch) => return with_room_for_call(|| self.walk_range(source, id, *branch, dot)),
            NodeKind::Template { name, pipe } => {
                if let Some(trace) = &mut self.trace {
                    trace.enter_action(source, id);
                }
                self.walk_template(source, *name, *pipe, dot)?;
            }
            NodeKind::Break => return Ok(Flow::Break),
            NodeKind::Continue => return Ok(Flow::Continue),
            _ => return Err(self.error(source, format!("unknown node: {}", source.show(id)))),
        }
        Ok(Flow::Next)
    }

    fn walk_if(&mut self, source: &Source, branch: Branch, with: bool, dot: &Operand) -> Eval<Flow> {
        let mark = self.variables.len();
        let value = self.eval_pipe(source, dot, branch.pipe)?;
        let flow = match branch.else_list {
            _ if value.truth() => self.walk(source, branch.list, if with { &value } else { dot }),
            Some(else_list) => self.walk(source, else_list, dot),
            None => Ok(Flow::Next),
        };
        self.variables.truncate(mark);
        flow
    }

    fn walk_template(&mut self, source: &Source, name: StringId, pipe: Option<NodeId>, dot: &Operand) -> Eval<()> {
        let name = source.string(name);
        let Some(tree) = self.set.lookup(self.layer.as_ref(), name.as_bytes()) else {
            return Err(self.error(source, format!("template {} not defined", quote(name.as_bytes()))));
        };
        if self.template_depth == MAX_TEMPLATE_DEPTH {
            return Err(self.error(source, format!("exceeded maximum template depth ({GO_TEMPLATE_DEPTH})")));
        }
        let data = match pipe {
            Some(pipe) => self.eval_pipe(source, dot, pipe)?,
            None => Operand::INVALID,
        };
        self.template_depth += 1;
        let saved = self.trace.as_mut().map(|trace| trace.enter(None));
        let result = with_room_for_call(|| self.enter(&tree, data));
        if let (Some(trace), Some(saved)) = (&mut self.trace, saved) {
            trace.leave(saved);
        }
        self.template_depth -= 1;
        result
    }

    fn variable(&self, symbol: Symbol) -> Option<&Operand> {
        let own = self.variables.get(self.variables_start..)?;
        own.iter().rev().find(|variable| variable.symbol == symbol).map(|variable| &variable.value)
    }

    fn set_variable(&mut self, source: &Source, symbol: Symbol, value: Operand) -> Eval<()> {
        let own = self.variables.get_mut(self.variables_start..).unwrap_or_default();
        match own.iter_mut().rev().find(|variable| variable.symbol == symbol) {
            Some(variable) => {
                variable.value = value;
                Ok(())
            }
            None => Err(self.undefined_variable(source, symbol)),
        }
    }

    fn undefined_variable(&self, source: &Source, symbol: Symbol) -> Box<ExecError> {
        self.error(source, format!("undefined variable: {}", String::from_utf8_lossy(source.symbol(symbol))))
    }
}

impl Interp for Exec<'_> {
    fn execute(&mut self, name: &Str, data: &Value) -> Result<Str, ExecError> {
        self.run(name, data).map_err(|e| *e)
    }

    fn execute_text(&mut self, text: &Str, data: &Value) -> Result<Str, TextError> {
        if !has_action(text.as_bytes()) {
            return Ok(text.clone());
        }
        let (layer, tree) = self.set.parse_text(self.layer.as_ref(), text).map_err(TextError::Parse)?;
        let below = self.layer.replace(layer);
        let result = self.run_tree(&tree, data, Some(text)).map_err(TextError::Exec);
        self.layer = below;
        result
    }

    fn host(&self) -> &dyn Any {
        self.host
    }
}

/// An error Go does not wrap in `template.ExecError`.
fn plain_error(message: String) -> Box<ExecError> {
    Box::new(ExecError {
        cause: message.strip_prefix("template: ").unwrap_or(&message).to_owned(),
        message,
        chain: Vec::new(),
        frames: Vec::new(),
        is_exec_error: false,
    })
}

fn declares(source: &Source, pipe: NodeId) -> bool {
    matches!(source.kind(pipe), NodeKind::Pipe(Pipe { declared: Some(_), .. }))
}

fn has_action(text: &[u8]) -> bool {
    text.windows(2).any(|pair| pair == b"{{")
}
