//! Recursion that cannot overflow: where trees nest, the stack grows on the heap.

/// Runs `f` with room left on the stack for one more level of the lexer, parser, printer or evaluator, functions included.
pub(super) fn deep<T>(f: impl FnOnce() -> T) -> T {
    /// More than any chain of calls between two uses of this function needs, functions of the table included.
    const RED_ZONE: usize = 192 * 1024;
    const GROWTH: usize = 4 * 1024 * 1024;
    stacker::maybe_grow(RED_ZONE, GROWTH, f)
}
