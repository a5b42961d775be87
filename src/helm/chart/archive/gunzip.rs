//! Unpacking gzip streams as Go's `compress/gzip` does: the same streams are refused, with the same texts.
//!
//! The inflating is `flate2`'s; its own gzip reader refuses some headers that Go accepts, and speaks otherwise.

use std::io::{self, BufRead, Read};

use flate2::Crc;
use flate2::bufread::DeflateDecoder;

/// `gzip.ErrHeader`.
pub(super) const ERR_HEADER: &str = "gzip: invalid header";

/// One or more gzip streams, one after the other.
pub(super) struct Gunzip<R> {
    state: State<R>,
    crc: Crc,
}

enum State<R> {
    /// Inside of a stream.
    Inflating(DeflateDecoder<R>),
    /// At the end, or after an error.
    Done,
}

impl<R: BufRead> Gunzip<R> {
    /// Reads the first header.
    pub(super) fn new(mut input: R) -> io::Result<Gunzip<R>> {
        read_header(&mut input)?;
        Ok(Gunzip { state: State::Inflating(DeflateDecoder::new(input)), crc: Crc::new() })
    }

    /// Checks what follows the data and goes on to the next stream, if there is one.
    fn finish_stream(&mut self) -> io::Result<()> {
        let State::Inflating(decoder) = std::mem::replace(&mut self.state, State::Done) else { return Ok(()) };
        let mut input = decoder.into_inner();
        let [a, b, c, d, e, f, g, h] = exactly::<8>(&mut input)?;
        let (sum, size) = (u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h]));
        if sum != self.crc.sum() || size != self.crc.amount() {
            return Err(io::Error::other("gzip: invalid checksum"));
        }
        self.crc.reset();
        if !input.fill_buf()?.is_empty() {
            read_header(&mut input)?;
            self.state = State::Inflating(DeflateDecoder::new(input));
        }
        Ok(())
    }
}

impl<R: BufRead> Read for Gunzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let State::Inflating(decoder) = &mut self.state else { return Ok(0) };
            match decoder.read(buffer) {
                Ok(0) if !buffer.is_empty() => self.finish_stream()?,
                Ok(read) => {
                    self.crc.update(buffer.get(..read).unwrap_or_default());
                    return Ok(read);
                }
                Err(e) => {
                    let offset = decoder.total_in();
                    let at_end = decoder.get_mut().fill_buf().is_ok_and(<[u8]>::is_empty);
                    self.state = State::Done;
                    return Err(match e.kind() {
                        _ if at_end => io::ErrorKind::UnexpectedEof.into(),
                        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
                            io::Error::other(format!("flate: corrupt input before offset {offset}"))
                        }
                        _ => e,
                    });
                }
            }
        }
    }
}

fn exactly<const N: usize>(input: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    input.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// `Reader.readHeader`: unknown flags mean nothing to Go.
fn read_header(input: &mut impl BufRead) -> io::Result<()> {
    if input.fill_buf()?.is_empty() {
        return Err(io::Error::other("EOF"));
    }
    let start = exactly::<10>(input)?;
    let [0x1f, 0x8b, 8, flags, ..] = start else { return Err(io::Error::other(ERR_HEADER)) };
    let mut crc = Crc::new();
    crc.update(&start);
    if flags & 4 != 0 {
        let length = exactly::<2>(input)?;
        let mut extra = vec![0; usize::from(u16::from_le_bytes(length))];
        input.read_exact(&mut extra)?;
        crc.update(&length);
        crc.update(&extra);
    }
    // A file name and a comment.
    for flag in [8, 16] {
        if flags & flag != 0 {
            skip_text(input, &mut crc)?;
        }
    }
    if flags & 2 != 0 {
        let [low, high] = exactly::<2>(input)?;
        if u32::from(u16::from_le_bytes([low, high])) != crc.sum() & 0xffff {
            return Err(io::Error::other(ERR_HEADER));
        }
    }
    Ok(())
}

/// Go takes no longer texts.
const MAX_TEXT: usize = 512;

fn skip_text(input: &mut impl BufRead, crc: &mut Crc) -> io::Result<()> {
    for _ in 0..MAX_TEXT {
        let byte = exactly::<1>(input)?;
        crc.update(&byte);
        if byte == [0] {
            return Ok(());
        }
    }
    Err(io::Error::other(ERR_HEADER))
}
