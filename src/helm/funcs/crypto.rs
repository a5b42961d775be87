//! Passwords and encryption: `bcrypt`, `htpasswd`, `derivePassword`, `encryptAES`, `decryptAES`.
//!
//! Mirrors `crypto.go` of Sprig 3.3.0. Keys and certificates are the business of [`super::certs`]. Sprig answers most
//! failures with a text in place of the result, and so does this.

use aes::Aes256;
use bcrypt::Version;
use cbc::cipher::{Block, BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::go::template::{FuncError, Function, Interp};
use crate::go::value::{Type, UintKind, Value};
use crate::go::{base64, limits};

use super::call::{Answer, Args as _, STRING, plain};
use super::host;
use super::random::random_bytes;

pub(super) static FUNCTIONS: &[Function] = &[
    plain("bcrypt", &[STRING], |interp, args| Ok(Value::string(bcrypt(interp, args.bytes(0))?))),
    plain("decryptAES", &[STRING, STRING], |_, args| decrypt_aes(args.bytes(0), args.bytes(1))),
    plain("derivePassword", &[Type::Uint(UintKind::Uint32), STRING, STRING, STRING, STRING], |_, args| {
        derive_password(args)
    }),
    plain("encryptAES", &[STRING, STRING], encrypt_aes),
    plain("htpasswd", &[STRING, STRING], htpasswd),
];

/// `bcrypt.DefaultCost`.
const COST: u32 = 10;

/// The lowest cost there is, for worlds in which nobody keeps the hash.
const LOWEST_COST: u32 = 4;

/// A longer password is refused, as the algorithm would ignore its end.
const MAX_BCRYPT_PASSWORD: usize = 72;

/// Hashing a password, and deriving one, are as much work as making so many bytes of text.
const WORK_OF_BCRYPT: usize = 4 << 20;
const WORK_OF_DERIVING: usize = 32 << 20;

fn bcrypt(interp: &dyn Interp, password: &[u8]) -> Result<String, FuncError> {
    limits::work(WORK_OF_BCRYPT);
    if password.len() > MAX_BCRYPT_PASSWORD {
        return Ok("failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes".to_owned());
    }
    let world = &host(interp)?.world;
    let cost = if world.fixed_keys { LOWEST_COST } else { COST };
    Ok(match bcrypt::hash_with_salt(password, cost, random_bytes(interp)?) {
        Ok(hash) => hash.format_for_version(Version::TwoA),
        Err(e) => format!("failed to encrypt string with bcrypt: {e}"),
    })
}

fn htpasswd(interp: &mut dyn Interp, args: &[Value]) -> Answer {
    let user = args.bytes(0);
    if user.contains(&b':') {
        return Ok(Value::string([b"invalid username: ", user].concat()));
    }
    Ok(Value::string([user, b":", bcrypt(interp, args.bytes(1))?.as_bytes()].concat()))
}

/// What the Master Password algorithm begins every salt and seed with.
const MASTER_PASSWORD_SCOPE: &[u8] = b"com.lyndir.masterpassword";

/// The shapes of each type of password, one letter per character class.
fn password_shapes(name: &[u8]) -> Option<&'static [&'static str]> {
    Some(match name {
        b"maximum" => &["anoxxxxxxxxxxxxxxxxx", "axxxxxxxxxxxxxxxxxno"],
        b"long" => &[
            "CvcvnoCvcvCvcv",
            "CvcvCvcvnoCvcv",
            "CvcvCvcvCvcvno",
            "CvccnoCvcvCvcv",
            "CvccCvcvnoCvcv",
            "CvccCvcvCvcvno",
            "CvcvnoCvccCvcv",
            "CvcvCvccnoCvcv",
            "CvcvCvccCvcvno",
            "CvcvnoCvcvCvcc",
            "CvcvCvcvnoCvcc",
            "CvcvCvcvCvccno",
            "CvccnoCvccCvcv",
            "CvccCvccnoCvcv",
            "CvccCvccCvcvno",
            "CvcvnoCvccCvcc",
            "CvcvCvccnoCvcc",
            "CvcvCvccCvccno",
            "CvccnoCvcvCvcc",
            "CvccCvcvnoCvcc",
            "CvccCvcvCvccno",
        ],
        b"medium" => &["CvcnoCvc", "CvcCvcno"],
        b"short" => &["Cvcn"],
        b"basic" => &["aaanaaan", "aannaaan", "aaannaaa"],
        b"pin" => &["nnnn"],
        _ => return None,
    })
}

/// The characters of a class.
fn password_characters(class: char) -> &'static [u8] {
    match class {
        'V' => b"AEIOU",
        'C' => b"BCDFGHJKLMNPQRSTVWXYZ",
        'v' => b"aeiou",
        'c' => b"bcdfghjklmnpqrstvwxyz",
        'a' => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz",
        'n' => b"0123456789",
        'o' => b"@&%?,=[]_:-+*$#!'^~;()/.",
        _ => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()",
    }
}

fn derive_password(args: &[Value]) -> Answer {
    limits::work(WORK_OF_DERIVING);
    let counter = match args.any(0) {
        Value::Uint(_, n) => *n as u32,
        _ => 0,
    };
    let (kind, password, user, site) = (args.bytes(1), args.bytes(2), args.bytes(3), args.bytes(4));
    let Some(shapes) = password_shapes(kind) else {
        return Ok(Value::string([b"cannot find password template ", kind].concat()));
    };
    let failed = |e: &dyn std::fmt::Display| Ok(format!("failed to derive password: {e}").into());
    let salt = [MASTER_PASSWORD_SCOPE, &(user.len() as u32).to_be_bytes(), user].concat();
    let mut key = [0; 64];
    match scrypt::Params::new(15, 8, 2) {
        Err(e) => return failed(&e),
        Ok(params) => {
            if let Err(e) = scrypt::scrypt(password, &salt, &params, &mut key) {
                return failed(&e);
            }
        }
    }
    let mut seed = match Hmac::<Sha256>::new_from_slice(&key) {
        Ok(hmac) => hmac,
        Err(e) => return failed(&e),
    };
    for part in [MASTER_PASSWORD_SCOPE, &(site.len() as u32).to_be_bytes(), site, &counter.to_be_bytes()] {
        seed.update(part);
    }
    let seed = seed.finalize().into_bytes();
    let pick = |from: usize, seed: u8| usize::from(seed) % from;
    let mut seed = seed.iter().copied();
    let shape = shapes.get(pick(shapes.len(), seed.next().unwrap_or_default())).copied().unwrap_or_default();
    let characters = shape.chars().map(password_characters).zip(seed);
    let derived: Vec<u8> = characters.filter_map(|(from, seed)| from.get(pick(from.len(), seed)).copied()).collect();
    Ok(Value::string(derived))
}

/// The size of an AES block and of the initialization vector in front of the text.
const BLOCK: usize = 16;

/// A password as a key: cut or filled with zeros, no derivation.
fn aes_key(password: &[u8]) -> [u8; 32] {
    let mut key = [0; 32];
    key.iter_mut().zip(password).for_each(|(to, from)| *to = *from);
    key
}

fn encrypt_aes(interp: &mut dyn Interp, args: &[Value]) -> Answer {
    let plain = args.bytes(1);
    if plain.is_empty() {
        return Ok("".into());
    }
    let iv: [u8; BLOCK] = random_bytes(interp)?;
    // PKCS #7: 1 to 16 bytes, each their number.
    let padding = BLOCK - plain.len() % BLOCK;
    let mut text = [&iv, plain, &[padding as u8; BLOCK][..padding]].concat();
    let mut cipher = cbc::Encryptor::<Aes256>::new(&aes_key(args.bytes(0)).into(), &iv.into());
    for block in text.chunks_exact_mut(BLOCK).skip(1).filter_map(|b| <&mut Block<Aes256>>::try_from(b).ok()) {
        cipher.encrypt_block(block);
    }
    Ok(base64::encode(&text).into())
}

/// Go checks nothing here, so what is not a text of `encryptAES` ends in one of its run-time panics.
fn decrypt_aes(password: &[u8], encoded: &[u8]) -> Answer {
    if encoded.is_empty() {
        return Ok("".into());
    }
    let bytes = base64::decode(encoded).map_err(|e| FuncError::new(e.to_string()))?;
    let Some((iv, text)) = bytes.split_first_chunk::<BLOCK>() else {
        // Line breaks count for the buffer and not for its content.
        let capacity = base64::decoded_len(encoded.len());
        return Err(FuncError::panic(if capacity < BLOCK {
            format!("runtime error: slice bounds out of range [:{BLOCK}] with capacity {capacity}")
        } else {
            format!("runtime error: slice bounds out of range [{BLOCK}:{}]", bytes.len())
        }));
    };
    if text.len() % BLOCK != 0 {
        return Err(FuncError::panic("crypto/cipher: input not full blocks"));
    }
    let mut text = text.to_vec();
    let mut cipher = cbc::Decryptor::<Aes256>::new(&aes_key(password).into(), iv.into());
    for block in text.chunks_exact_mut(BLOCK).filter_map(|b| <&mut Block<Aes256>>::try_from(b).ok()) {
        cipher.decrypt_block(block);
    }
    let Some(&padding) = text.last() else {
        return Err(FuncError::panic("runtime error: index out of range [-1]"));
    };
    match text.len().checked_sub(usize::from(padding)) {
        Some(end) => text.truncate(end),
        None => {
            let end = text.len() as i64 - i64::from(padding);
            return Err(FuncError::panic(format!("runtime error: slice bounds out of range [:{end}]")));
        }
    }
    Ok(Value::string(text))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{fails, run, system, text};

    #[test]
    fn bcrypt_verifies_and_shows_its_cost() {
        for password in ["", "a", "a\0b", &"x".repeat(71), &"x".repeat(72)] {
            let hash = text(&run("bcrypt", &[password.into()]));
            assert!(hash.starts_with("$2a$04$") && hash.len() == 60, "{hash}");
            assert!(bcrypt::verify(password, &hash).unwrap(), "{password:?}");
        }
        let hash = text(&system("bcrypt", &["a".into()]));
        assert!(hash.starts_with("$2a$10$"), "{hash}");
        let entry = text(&run("htpasswd", &["ann".into(), "secret".into()]));
        assert!(bcrypt::verify("secret", entry.strip_prefix("ann:").unwrap()).unwrap());
    }

    /// Hashes that Sprig made.
    #[test]
    fn bcrypt_agrees_with_go() {
        for (password, hash) in [
            ("", "$2a$10$rcYWGdCtO7NxhIRNobv7c.5iuFmZG3o8vF1QWpVupfmZsnuTSJ1eG"),
            ("a\0b", "$2a$10$kQIGmk1QcnyyBqho2et7Y.bNxjLIB0M6TOS69ieFdGjXRXKb2KidO"),
            (&"a".repeat(72), "$2a$10$njCka0vfExkeD9zelqEDTuxOG5LLWnkfWcr8MzDM.1bGP/yFCaVii"),
        ] {
            assert!(bcrypt::verify(password, hash).unwrap(), "{password:?}");
        }
    }

    #[test]
    fn aes_goes_there_and_back() {
        for password in ["", "short", &"long".repeat(20)] {
            for plain in ["x", "fifteen letters", "sixteen letters.", "a text of more than two blocks, this"] {
                let secret = run("encryptAES", &[password.into(), plain.into()]);
                assert_eq!(text(&run("decryptAES", &[password.into(), secret])), plain);
            }
        }
        let twice = [(); 2].map(|()| text(&system("encryptAES", &["k".into(), "v".into()])));
        assert_ne!(twice[0], twice[1]);
    }

    #[test]
    fn broken_ciphertexts_panic_as_in_go() {
        for (encoded, error) in [
            ("a", "illegal base64 data at input byte 0"),
            ("aaaa", "runtime error: slice bounds out of range [:16] with capacity 3"),
            ("aaaaaaaaaaaaaaaaaaaaaaaaaaaa", "crypto/cipher: input not full blocks"),
            ("MDEyMzQ1Njc4OWFiY2RlZg==", "runtime error: index out of range [-1]"),
            ("\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\naaaa", "runtime error: slice bounds out of range [16:3]"),
        ] {
            assert_eq!(fails("decryptAES", &["pw".into(), encoded.into()]), error);
        }
    }
}
