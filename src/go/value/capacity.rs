//! How much room Go leaves behind the items of a slice. Sprig's `slice` reaches into it: an end beyond the length is no
//! error there as long as it lies within the capacity, and what it finds is the zero value.
//!
//! Mirrors `growslice` of Go 1.26's runtime and the size classes of its allocator, on 64 bits.

use super::types::{FloatKind, IntKind, Kind, Type, UintKind};

/// Sizes the allocator hands out, up to its largest small object.
static SIZE_CLASSES: [u16; 67] = [
    8, 16, 24, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240, 256, 288, 320, 352, 384, 416, 448, 480,
    512, 576, 640, 704, 768, 896, 1024, 1152, 1280, 1408, 1536, 1792, 2048, 2304, 2688, 3072, 3200, 3456, 4096, 4864,
    5376, 6144, 6528, 6784, 6912, 8192, 9472, 9728, 10240, 10880, 12288, 13568, 14336, 16384, 18432, 19072, 20480,
    21760, 24576, 27264, 28672, 32768,
];

const LARGEST_CLASS: usize = 32768;
const PAGE: usize = 8192;
/// Objects with pointers that are larger than this carry a header.
const HEADERLESS: usize = 512;
const HEADER: usize = 8;

/// The size of an item, and whether it has pointers.
fn layout(elem: Type) -> (usize, bool) {
    match elem {
        Type::Any | Type::String => (16, true),
        Type::Bytes | Type::List(_) => (24, true),
        Type::Bool | Type::Uint(UintKind::Uint8) | Type::Int(IntKind::Int8) => (1, false),
        Type::Int(_) | Type::Uint(_) | Type::Float(FloatKind::Float64) => (8, false),
        Type::Float(FloatKind::Float32) => (4, false),
        Type::Complex => (16, false),
        Type::Map(_) => (8, true),
        Type::Object(ty) => (if ty.kind == Kind::Ptr { 8 } else { 16 }, true),
    }
}

fn rounded_up(size: usize, pointers: bool) -> usize {
    if size > LARGEST_CLASS - HEADER {
        return size.next_multiple_of(PAGE);
    }
    let header = if pointers && size > HEADERLESS { HEADER } else { 0 };
    let class = SIZE_CLASSES.get(SIZE_CLASSES.partition_point(|class| usize::from(*class) < size + header));
    class.map_or(size, |class| usize::from(*class) - header)
}

/// The capacity of a slice once `append` has made it longer than its capacity was.
pub(super) fn grown(old: usize, len: usize, elem: Type) -> usize {
    let mut wanted = old;
    if len > old * 2 {
        wanted = len;
    } else if old < 256 {
        wanted = old * 2;
    } else {
        while wanted < len {
            wanted += (wanted + 3 * 256) >> 2;
        }
    }
    let (size, pointers) = layout(elem);
    rounded_up(wanted * size, pointers) / size
}

/// The capacity of a slice that was made by appending one item after the other to an empty one of this capacity.
pub(super) fn appended(mut capacity: usize, len: usize, elem: Type) -> usize {
    while capacity < len {
        capacity = grown(capacity, capacity + 1, elem);
    }
    capacity
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capacities_of_slices_of_interfaces() {
        let after = |len| appended(0, len, Type::Any);
        assert_eq!([0, 1, 2, 3, 5, 9, 17, 33, 72, 144].map(after), [0, 1, 2, 4, 8, 16, 32, 71, 143, 303]);
        assert_eq!([304, 592, 1024, 1536, 2561].map(after), [591, 1023, 1535, 2560, 3584]);
        assert_eq!([1, 8, 15, 106, 260].map(|len| grown(len, len + 1, Type::Any)), [2, 16, 30, 215, 591]);
        assert_eq!([18, 33].map(|len| grown(1, len, Type::Any)), [18, 35]);
        assert_eq!([1, 11, 33].map(|len| appended(10, len, Type::String)), [10, 20, 43]);
        let ints = |len| appended(0, len, Type::Int(IntKind::Int));
        assert_eq!([33, 257, 513, 849, 12289].map(ints), [64, 512, 848, 1280, 16384]);
    }
}
