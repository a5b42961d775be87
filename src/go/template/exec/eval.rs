//! Pipelines, commands and arguments.

use super::{Eval, Exec, Variable};
use crate::go::stack::with_room_for_call;
use crate::go::template::builtin::Param;
use crate::go::template::operand::{Operand, assign, can_be_nil};
use crate::go::template::parse::{Names, NodeId, NodeKind, Number, NumberId, Source, StringId, Symbol};
use crate::go::value::{FloatKind, IntKind, Kind, Type, UintKind, Value};

/// The value of the command before, which becomes the last argument.
pub(super) type Final = Option<Operand>;

impl Exec<'_> {
    pub(super) fn eval_pipe(&mut self, source: &Source, dot: &Operand, id: NodeId) -> Eval<Operand> {
        self.at(id);
        let NodeKind::Pipe(pipe) = source.kind(id) else { return Ok(Operand::INVALID) };
        let mut last: Final = None;
        for command in source.nodes(pipe.commands) {
            // What a command gives is taken out of its interface.
            last = Some(self.eval_command(source, dot, *command, last)?.elem());
        }
        let value = last.unwrap_or_default();
        let declared = source.declared(pipe);
        for symbol in declared.symbols() {
            if declared.assign {
                self.set_variable(source, *symbol, value.clone())?;
            } else {
                self.variables.push(Variable { symbol: *symbol, value: value.clone() });
            }
        }
        Ok(value)
    }

    fn eval_command(&mut self, source: &Source, dot: &Operand, id: NodeId, last: Final) -> Eval<Operand> {
        let NodeKind::Command { args } = source.kind(id) else { return Ok(Operand::INVALID) };
        let Some((first, args)) = source.nodes(*args).split_first() else { return Ok(Operand::INVALID) };
        let plain = args.is_empty() && last.is_none();
        match source.kind(*first) {
            NodeKind::Field(names) => {
                self.at(*first);
                return self.eval_fields(source, dot, dot, *first, *names, args, last);
            }
            NodeKind::Chain { node, fields } => {
                return self.eval_chain(source, dot, *first, *node, *fields, args, last);
            }
            NodeKind::Identifier(callee) => {
                self.at(*first);
                return self.eval_function(source, dot, *callee, *first, id, args, last);
            }
            NodeKind::Pipe(_) => {
                if !plain {
                    return Err(self.not_a_function(source, *first));
                }
                return with_room_for_call(|| self.eval_pipe(source, dot, *first));
            }
            NodeKind::Variable { symbol, fields } => {
                return self.eval_variable(source, dot, *first, *symbol, *fields, args, last);
            }
            _ => {}
        }
        self.at(*first);
        if !plain {
            return Err(self.not_a_function(source, *first));
        }
        match source.kind(*first) {
            NodeKind::Bool(value) => Ok(Operand::concrete(Value::Bool(*value))),
            NodeKind::Dot => Ok(dot.clone()),
            NodeKind::Nil => Err(self.error(source, "nil is not a command")),
            NodeKind::Number(number) => self.ideal(source, *first, *number),
            NodeKind::String(string) => {
                self.trace_literal(source, *first, *string);
                Ok(Operand::concrete(Value::String(source.string(*string))))
            }
            _ => {
                let shown = crate::go::strconv::quote(source.show(*first).as_bytes());
                Err(self.error(source, format!("can't evaluate command {shown}")))
            }
        }
    }

    fn trace_literal(&mut self, source: &Source, id: NodeId, string: StringId) {
        if let Some(trace) = &mut self.trace {
            trace.literal(source, source.node(id).span, &source.string(string));
        }
    }

    fn not_a_function(&self, source: &Source, first: NodeId) -> Box<super::ExecError> {
        self.error(source, format!("can't give argument to non-function {}", source.show(first)))
    }

    /// A number where no type is asked for.
    fn ideal(&self, source: &Source, id: NodeId, number: NumberId) -> Eval<Operand> {
        match source.number(number).and_then(|number| number.ideal()) {
            Some(value) => Ok(Operand::concrete(value)),
            None => Err(self.error(source, format!("{} overflows int", source.show(id)))),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the state of Go's function of the same purpose")]
    fn eval_chain(
        &mut self,
        source: &Source,
        dot: &Operand,
        id: NodeId,
        node: NodeId,
        fields: Names,
        args: &[NodeId],
        last: Final,
    ) -> Eval<Operand> {
        self.at(id);
        if matches!(source.kind(node), NodeKind::Nil) {
            return Err(self.error(source, format!("indirection through explicit nil in {}", source.show(id))));
        }
        let receiver = self.eval_arg(source, dot, Param::Unchecked, node)?;
        self.eval_fields(source, dot, &receiver, id, fields, args, last)
    }

    #[expect(clippy::too_many_arguments, reason = "the state of Go's function of the same purpose")]
    fn eval_variable(
        &mut self,
        source: &Source,
        dot: &Operand,
        id: NodeId,
        symbol: Symbol,
        fields: Names,
        args: &[NodeId],
        last: Final,
    ) -> Eval<Operand> {
        self.at(id);
        let Some(value) = self.variable(symbol).cloned() else {
            return Err(self.undefined_variable(source, symbol));
        };
        if source.names(fields).is_empty() {
            if !args.is_empty() || last.is_some() {
                return Err(self.not_a_function(source, id));
            }
            return Ok(value);
        }
        self.eval_fields(source, dot, &value, id, fields, args, last)
    }

    /// `.X.Y.Z`, perhaps with arguments for the last one. `dot` is where the arguments are evaluated.
    #[expect(clippy::too_many_arguments, reason = "the state of Go's function of the same purpose")]
    fn eval_fields(
        &mut self,
        source: &Source,
        dot: &Operand,
        receiver: &Operand,
        id: NodeId,
        fields: Names,
        args: &[NodeId],
        last: Final,
    ) -> Eval<Operand> {
        let Some((name, before)) = source.names(fields).split_last() else { return Ok(receiver.clone()) };
        let mut between = None;
        for name in before {
            let receiver = between.as_ref().unwrap_or(receiver);
            between = Some(self.eval_field(source, dot, receiver, *name, id, &[], None)?);
        }
        self.eval_field(source, dot, between.as_ref().unwrap_or(receiver), *name, id, args, last)
    }

    /// An argument, checked against its parameter.
    pub(super) fn eval_arg(&mut self, source: &Source, dot: &Operand, param: Param, id: NodeId) -> Eval<Operand> {
        self.at(id);
        let value = match source.kind(id) {
            NodeKind::Dot => dot.clone(),
            NodeKind::Nil => return self.eval_nil(source, param),
            NodeKind::Field(names) => self.eval_fields(source, dot, dot, id, *names, &[], None)?,
            NodeKind::Variable { symbol, fields } => {
                self.eval_variable(source, dot, id, *symbol, *fields, &[], None)?
            }
            NodeKind::Pipe(_) => with_room_for_call(|| self.eval_pipe(source, dot, id))?,
            NodeKind::Identifier(callee) => self.eval_function(source, dot, *callee, id, id, &[], None)?,
            NodeKind::Chain { node, fields } => {
                with_room_for_call(|| self.eval_chain(source, dot, id, *node, *fields, &[], None))?
            }
            kind => {
                if let NodeKind::String(string) = kind {
                    self.trace_literal(source, id, *string);
                }
                return self.eval_constant(source, param, id);
            }
        };
        self.validate(source, value, param)
    }

    fn eval_nil(&self, source: &Source, param: Param) -> Eval<Operand> {
        match param {
            Param::Operand | Param::Unchecked => Ok(Operand::INVALID),
            Param::Type(ty) if can_be_nil(ty) => Ok(Operand::zero(ty)),
            Param::Type(ty) => Err(self.error(source, format!("cannot assign nil to {ty}"))),
        }
    }

    fn eval_constant(&self, source: &Source, param: Param, id: NodeId) -> Eval<Operand> {
        let kind = source.kind(id);
        let Param::Type(ty) = param else { return self.untyped_constant(source, kind, id) };
        let value = match (ty, kind) {
            (Type::Any, _) => return self.untyped_constant(source, kind, id),
            (Type::Bool, NodeKind::Bool(value)) => Some(Value::Bool(*value)),
            (Type::String, NodeKind::String(string)) => Some(Value::String(source.string(*string))),
            (_, NodeKind::Number(number)) => source.number(*number).and_then(|number| typed(number, ty)),
            _ => None,
        };
        if let Some(value) = value {
            return Ok(Operand::concrete(value));
        }
        let expected = match ty {
            Type::Bool => "bool",
            Type::String => "string",
            Type::Int(_) => "integer",
            Type::Uint(_) => "unsigned integer",
            Type::Float(_) => "float",
            Type::Complex => "complex",
            _ => {
                let cause = format!("can't handle {} for arg of type {ty}", source.show(id));
                return Err(self.error(source, cause));
            }
        };
        Err(self.error(source, format!("expected {expected}; found {}", source.show(id))))
    }

    fn untyped_constant(&self, source: &Source, kind: &NodeKind, id: NodeId) -> Eval<Operand> {
        match kind {
            NodeKind::Bool(value) => Ok(Operand::concrete(Value::Bool(*value))),
            NodeKind::Number(number) => self.ideal(source, id, *number),
            NodeKind::String(string) => Ok(Operand::concrete(Value::String(source.string(*string)))),
            _ => {
                let shown = source.show(id);
                Err(self.error(source, format!("can't handle assignment of {shown} to empty interface argument")))
            }
        }
    }

    /// The operand as one its parameter takes.
    pub(super) fn validate(&self, source: &Source, operand: Operand, param: Param) -> Eval<Operand> {
        let Param::Type(ty) = param else { return Ok(operand) };
        if !operand.is_valid() {
            if can_be_nil(ty) {
                return Ok(Operand::zero(ty));
            }
            return Err(self.error(source, format!("invalid value; expected {ty}")));
        }
        if matches!(ty, Type::Any) {
            return Ok(operand);
        }
        let wrong = |got: &str| self.error(source, format!("wrong type for value; expected {ty}; got {got}"));
        if operand.is_nil_interface() {
            return Err(wrong(operand.type_name()));
        }
        match assign(operand.elem().into_value(), ty) {
            Ok(value) => Ok(Operand::concrete(value)),
            Err(value) => Err(wrong(value.ty().map_or(Type::Any.name(), Type::name))),
        }
    }
}

/// A number as one of a type, when it is one.
fn typed(number: &Number, ty: Type) -> Option<Value> {
    match ty {
        Type::Int(ty) => number.int.map(|n| Value::Int(ty, wrap_int(ty, n))),
        Type::Uint(ty) => number.uint.map(|n| Value::Uint(ty, wrap_uint(ty, n))),
        Type::Float(ty) => number.float.map(|n| Value::Float(ty, wrap_float(ty, n))),
        Type::Complex => number.complex.map(|(re, im)| Value::Complex(re, im)),
        _ => None,
    }
}

/// Go sets the bits that fit.
#[expect(clippy::cast_possible_truncation, reason = "as Go's SetInt does")]
fn wrap_int(ty: IntKind, n: i64) -> i64 {
    match ty.kind() {
        Kind::Int8 => i64::from(n as i8),
        Kind::Int16 => i64::from(n as i16),
        Kind::Int32 => i64::from(n as i32),
        _ => n,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "as Go's SetUint does")]
fn wrap_uint(ty: UintKind, n: u64) -> u64 {
    match ty {
        UintKind::Uint8 => u64::from(n as u8),
        UintKind::Uint16 => u64::from(n as u16),
        UintKind::Uint32 => u64::from(n as u32),
        _ => n,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "as Go's SetFloat does")]
fn wrap_float(ty: FloatKind, n: f64) -> f64 {
    match ty {
        FloatKind::Float32 => f64::from(n as f32),
        FloatKind::Float64 => n,
    }
}
