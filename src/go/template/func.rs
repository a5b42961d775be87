//! Functions and methods a template may call, with the signatures Go checks before a call.

use std::any::Any;
use std::collections::HashMap;
use std::fmt;

use super::error::{ExecError, FuncError, TextError};
use crate::go::value::{Str, Type, Value};

/// What a function may ask of the running evaluator.
pub trait Interp {
    /// Runs a named template into a string: `ExecuteTemplate`, on which `include` stands.
    ///
    /// # Errors
    /// Go's error when there is no such template or it fails.
    fn execute(&mut self, name: &Str, data: &Value) -> Result<Str, ExecError>;

    /// Parses a text in a clone of the current template set under the name of the set's current root and runs it: `tpl`.
    /// Templates it defines are seen by the text and by what it calls, and forgotten afterwards.
    ///
    /// # Errors
    /// Go's error when the text does not parse or fails.
    fn execute_text(&mut self, text: &Str, data: &Value) -> Result<Str, TextError>;

    /// The embedder's state, handed in with the function table.
    fn host(&self) -> &dyn Any;
}

/// A function of a template's function map.
#[derive(Clone, Copy)]
pub struct Function {
    /// Its name in templates.
    pub name: &'static str,
    /// Parameter types; for a variadic function the last one is the type of each further argument.
    pub params: &'static [Type],
    /// Whether the last parameter may be repeated or left out.
    pub variadic: bool,
    /// The body. The evaluator has checked and converted the arguments: there are as many as the signature allows,
    /// each of its parameter's type, `Nil` where the parameter is an interface (or a nil map or slice of the type).
    pub call: fn(&mut dyn Interp, &[Value]) -> Result<Value, FuncError>,
}

/// A method of a type.
#[derive(Clone, Copy)]
pub struct Method {
    /// Its Go name.
    pub name: &'static str,
    /// Parameter types, as in [`Function`].
    pub params: &'static [Type],
    /// As in [`Function`].
    pub variadic: bool,
    /// The body: receiver, arguments.
    pub call: fn(&Value, &[Value]) -> Result<Value, FuncError>,
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "func {}", self.name)
    }
}

impl fmt::Debug for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "method {}", self.name)
    }
}

/// The functions a template set may call, beside Go's builtins.
#[derive(Clone, Debug, Default)]
pub struct FuncTable {
    by_name: HashMap<&'static str, &'static Function, foldhash::fast::RandomState>,
}

impl FuncTable {
    /// A table of these functions; a later one of the same name wins.
    pub fn new(functions: impl IntoIterator<Item = &'static Function>) -> FuncTable {
        FuncTable { by_name: functions.into_iter().map(|f| (f.name, f)).collect() }
    }

    /// The function of a name.
    pub fn get(&self, name: &str) -> Option<&'static Function> {
        self.by_name.get(name).copied()
    }
}
