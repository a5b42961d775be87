//! Calls: the number and types of the arguments, then the function itself.

use super::eval::Final;
use super::{Eval, Exec};
use crate::go::limits::{self, MAX_TEXT};
use crate::go::template::builtin::{Builtin, Param, Signature};
use crate::go::template::error::FuncError;
use crate::go::template::func::{Function, Method};
use crate::go::template::operand::Operand;
use crate::go::template::parse::{Callee, NodeId, Source};
use crate::go::value::{Type, Value};

/// Reading an item of a list is as much work as making so many bytes of text.
const WORK_OF_ITEM: usize = 8;

/// What is called.
#[derive(Clone, Copy)]
pub(super) enum Call<'v> {
    Builtin(Builtin),
    Function(&'static Function),
    /// A method and its receiver.
    Method(&'static Method, &'v Value),
}

impl Exec<'_> {
    #[expect(clippy::too_many_arguments, reason = "the state of Go's function of the same purpose")]
    pub(super) fn eval_function(
        &mut self,
        source: &Source,
        dot: &Operand,
        callee: Callee,
        identifier: NodeId,
        node: NodeId,
        args: &[NodeId],
        last: Final,
    ) -> Eval<Operand> {
        let name = source.identifier(identifier);
        let call = match callee {
            Callee::Builtin(builtin) => Call::Builtin(builtin),
            Callee::Function(id) => match source.function(id) {
                Some(function) => Call::Function(function),
                None => return Err(self.error(source, "no such function")),
            },
        };
        self.eval_call(source, dot, call, node, name, args, last)
    }

    /// Evaluates the arguments and calls. `node` is where a failure of the function is reported.
    #[expect(clippy::too_many_arguments, reason = "the state of Go's function of the same purpose")]
    pub(super) fn eval_call(
        &mut self,
        source: &Source,
        dot: &Operand,
        call: Call<'_>,
        node: NodeId,
        name: &[u8],
        args: &[NodeId],
        last: Final,
    ) -> Eval<Operand> {
        let result = match call {
            Call::Builtin(builtin) => {
                let Signature { fixed, rest } = builtin.signature();
                self.check_count(source, name, fixed.len(), rest.is_some(), args, &last)?;
                if matches!(builtin, Builtin::And | Builtin::Or) {
                    return self.short_circuit(source, dot, builtin == Builtin::Or, args, last);
                }
                let param = |at: usize| fixed.get(at).copied().or(rest).unwrap_or(Param::Unchecked);
                let mut operands = Vec::with_capacity(args.len() + 1);
                for (at, arg) in args.iter().enumerate() {
                    operands.push(self.eval_arg(source, dot, param(at), *arg)?);
                }
                if let Some(last) = last {
                    operands.push(self.validate(source, last, param(args.len()))?);
                }
                // These three look at no more than one place of what they are given.
                if !matches!(builtin, Builtin::Len | Builtin::Index | Builtin::Slice) {
                    limits::work(operands.iter().map(|operand| reading(operand.value())).sum());
                }
                let callee = || match args.first() {
                    Some(arg) => source.show(*arg),
                    None => reflect_string(operands.first()),
                };
                let callee = if builtin == Builtin::Call { callee() } else { String::new() };
                let given: Option<Vec<Value>> =
                    self.trace.is_some().then(|| operands.iter().map(|operand| operand.value().clone()).collect());
                let result = builtin.run(operands, &callee);
                if let (Ok(result), Some(given)) = (&result, given) {
                    self.trace_call(name, &given, result);
                }
                result
            }
            Call::Function(Function { params, variadic, call, .. }) => {
                let values = self.eval_values(source, dot, params, *variadic, name, args, last)?;
                limits::work(values.iter().map(reading).sum());
                let result = call(self, &values).map(Operand::result);
                // What came of it may have been given up half way.
                if limits::is_exhausted() {
                    return Err(self.work_error(source));
                }
                if let Ok(result) = &result {
                    self.trace_call(name, &values, result);
                }
                result
            }
            Call::Method(Method { params, variadic, call, .. }, receiver) => {
                let values = self.eval_values(source, dot, params, *variadic, name, args, last)?;
                match call(receiver, &values) {
                    // Go looks at the results before it evaluates arguments; such methods have none.
                    Err(error) if error.is_signature => return Err(self.error(source, error.message)),
                    result => result.map(Operand::result),
                }
            }
        };
        let result = result.and_then(|operand| match operand.value() {
            Value::String(text) if text.len() > MAX_TEXT => {
                Err(FuncError::new(format!("the result is larger than {MAX_TEXT} bytes")))
            }
            _ => Ok(operand),
        });
        result.map_err(|error| self.call_error(source, node, name, error))
    }

    fn trace_call(&mut self, name: &[u8], args: &[Value], result: &Operand) {
        if let Some(trace) = &mut self.trace {
            trace.called(name, args, result.value());
        }
    }

    fn check_count(
        &self,
        source: &Source,
        name: &[u8],
        fixed: usize,
        variadic: bool,
        args: &[NodeId],
        last: &Final,
    ) -> Eval<()> {
        let given = args.len() + usize::from(last.is_some());
        let name = || String::from_utf8_lossy(name);
        if variadic && given < fixed {
            // Go leaves the value of the pipeline out of this count.
            let given = args.len();
            let cause = format!("wrong number of args for {}: want at least {fixed} got {given}", name());
            return Err(self.error(source, cause));
        }
        if !variadic && given != fixed {
            let cause = format!("wrong number of args for {}: want {fixed} got {given}", name());
            return Err(self.error(source, cause));
        }
        Ok(())
    }

    #[expect(clippy::too_many_arguments, reason = "the state of Go's function of the same purpose")]
    fn eval_values(
        &mut self,
        source: &Source,
        dot: &Operand,
        params: &'static [Type],
        variadic: bool,
        name: &[u8],
        args: &[NodeId],
        last: Final,
    ) -> Eval<Vec<Value>> {
        let fixed = params.len() - usize::from(variadic && !params.is_empty());
        self.check_count(source, name, fixed, variadic, args, &last)?;
        let param = |at: usize| params.get(at).or(params.last()).map_or(Param::Unchecked, |ty| Param::Type(*ty));
        let mut values = Vec::with_capacity(args.len() + usize::from(last.is_some()));
        for (at, arg) in args.iter().enumerate() {
            values.push(self.eval_arg(source, dot, param(at), *arg)?.into_value());
        }
        if let Some(last) = last {
            values.push(self.validate(source, last, param(args.len()))?.into_value());
        }
        Ok(values)
    }

    /// `and` and `or` evaluate no more arguments than they need.
    fn short_circuit(
        &mut self,
        source: &Source,
        dot: &Operand,
        stop_at: bool,
        args: &[NodeId],
        last: Final,
    ) -> Eval<Operand> {
        let mut value = Operand::INVALID;
        for arg in args {
            value = self.eval_arg(source, dot, Param::Operand, *arg)?;
            if value.truth() == stop_at {
                return Ok(value);
            }
        }
        Ok(last.unwrap_or(value))
    }
}

/// How much work it is to read an argument once, without what is inside of its items.
fn reading(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Bytes(bytes) => bytes.len(),
        Value::List(list) => list.len() * WORK_OF_ITEM,
        _ => 0,
    }
}

/// `reflect.Value.String`.
fn reflect_string(operand: Option<&Operand>) -> String {
    match operand.map(Operand::value) {
        Some(Value::String(text)) => text.to_text().into_owned(),
        Some(value) => match value.ty() {
            Some(ty) => format!("<{ty} Value>"),
            None => "<invalid Value>".to_owned(),
        },
        None => "<invalid Value>".to_owned(),
    }
}
