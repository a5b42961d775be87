//! One file per output format. Nothing but `cli` knows this room.
