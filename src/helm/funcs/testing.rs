//! Calls of single functions for the unit tests of the families: no template, only a host.

use std::any::Any;
use std::cell::RefCell;

use crate::go::fmt::sprint;
use crate::go::template::{ExecError, FuncError, Interp, TextError};
use crate::go::value::{Str, Value};
use crate::helm::dialect::Engine;
use crate::helm::world::World;

use super::{Host, TABLE};

/// An interpreter that has a host and no templates.
struct Alone(Host);

impl Interp for Alone {
    fn execute(&mut self, name: &Str, _: &Value) -> Result<Str, ExecError> {
        panic!("no template {name} here")
    }

    fn execute_text(&mut self, text: &Str, _: &Value) -> Result<Str, TextError> {
        panic!("no interpreter for {text} here")
    }

    fn host(&self) -> &dyn Any {
        &self.0
    }
}

fn call(world: World, name: &str, args: &[Value]) -> Result<Value, FuncError> {
    let function = TABLE.get(name).unwrap_or_else(|| panic!("no function {name}"));
    let mut interp = Alone(Host {
        world: std::rc::Rc::new(world),
        dialect: Engine::Helm4.dialect(),
        included: RefCell::default(),
        read: None,
    });
    (function.call)(&mut interp, args)
}

/// The answer in a repeatable world of this seed.
pub(super) fn with(seed: u64, name: &str, args: &[Value]) -> Result<Value, FuncError> {
    call(World::fixed(seed), name, args)
}

/// The answer in a repeatable world.
pub(super) fn run(name: &str, args: &[Value]) -> Value {
    with(1, name, args).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// The answer in the real world.
pub(super) fn system(name: &str, args: &[Value]) -> Value {
    call(World::real(), name, args).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// The error's text in a repeatable world.
pub(super) fn fails(name: &str, args: &[Value]) -> String {
    match with(1, name, args) {
        Ok(value) => panic!("{name} gave {value:?}"),
        Err(e) => e.message,
    }
}

/// A value as a template prints it.
pub(super) fn text(value: &Value) -> String {
    String::from_utf8(sprint(std::slice::from_ref(value))).unwrap()
}
