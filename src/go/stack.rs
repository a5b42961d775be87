//! Room on the stack for values nested as deeply as Go allows (ten thousand levels in YAML and JSON).
//!
//! Go's stacks grow by themselves; a thread of ours has two megabytes, which a debug build fills in a thousand levels.

/// One level of any recursion over values takes less than this.
const LEFT: usize = 64 * 1024;
/// What is added when less is left.
const MORE: usize = 1024 * 1024;

/// Runs one level of a recursion, on more stack when little is left.
pub fn with_room<R>(level: impl FnOnce() -> R) -> R {
    stacker::maybe_grow(LEFT, MORE, level)
}

/// One level of the evaluator of templates, with any function a template may call, takes less than this.
const LEFT_FOR_CALL: usize = 256 * 1024;
/// What is added when less is left.
const MORE_FOR_CALLS: usize = 4 * 1024 * 1024;

/// Like [`with_room`], where a level may call functions that know nothing of this.
pub fn with_room_for_call<R>(level: impl FnOnce() -> R) -> R {
    stacker::maybe_grow(LEFT_FOR_CALL, MORE_FOR_CALLS, level)
}

/// Runs code of others that recurses so deep, on more stack when there is too little. One of its levels takes less than
/// 16 KiB, measured in a debug build with the compiler of regular expressions.
pub fn with_levels<R>(levels: u32, deep: impl FnOnce() -> R) -> R {
    let size = LEFT + 16 * 1024 * levels as usize;
    stacker::maybe_grow(size, size, deep)
}
