//! Compares the decided methods with the descriptor of a gRPC service, while the program compiles.
//!
//! It reads only what it needs of a `FileDescriptorSet`
//! (<https://github.com/protocolbuffers/protobuf/blob/main/src/google/protobuf/descriptor.proto>),
//! because no library decodes protobuf in constants.

/// The fields of the messages.
const FILE: u64 = 1;
const PACKAGE: u64 = 2;
const SERVICE: u64 = 6;
const METHOD: u64 = 2;
const NAME: u64 = 1;

/// Checks that each method of a service is named, and that each name is a method.
///
/// # Panics
///
/// Otherwise; while the program compiles, where the arguments are constants.
// P1, P9
#[track_caller]
pub const fn assert_methods(descriptor: &[u8], service: &str, methods: &[&str]) {
    let found = find(descriptor, service);
    let Some(found) = found else {
        fail(&[
            "service is not in the descriptor: `",
            service,
            "`: write its package and name, as in `orders.v1.Orders`",
        ])
    };
    let mut at = 0;
    while let Some(field) = next(found, at, METHOD) {
        if !contains(methods, name_of(field.value)) {
            let name = text(name_of(field.value));
            fail(&["gRPC method has no decision: `", service, "/", name, "`: add it to `grpc_methods!`"]);
        }
        at = field.end;
    }
    let mut index = 0;
    while index < methods.len() {
        if !has_method(found, methods[index]) {
            fail(&["service has no such method: `", service, "/", methods[index], "`: remove it from `grpc_methods!`"]);
        }
        index += 1;
    }
}

/// Checks that a server is the one whose methods are decided.
#[track_caller]
pub(super) const fn assert_same_service(server: &str, decided: &str) {
    if !same(server.as_bytes(), decided.as_bytes()) {
        fail(&["server of another service: `", server, "`: mount the server of `", decided, "`"]);
    }
}

/// Returns the message of a service.
const fn find<'a>(descriptor: &'a [u8], service: &str) -> Option<&'a [u8]> {
    let mut at = 0;
    while let Some(file) = next(descriptor, at, FILE) {
        let package = match next(file.value, 0, PACKAGE) {
            Some(package) => package.value,
            None => b"",
        };
        let mut inner = 0;
        while let Some(found) = next(file.value, inner, SERVICE) {
            if is_named(service.as_bytes(), package, name_of(found.value)) {
                return Some(found.value);
            }
            inner = found.end;
        }
        at = file.end;
    }
    None
}

const fn has_method(service: &[u8], name: &str) -> bool {
    let mut at = 0;
    while let Some(method) = next(service, at, METHOD) {
        if same(name_of(method.value), name.as_bytes()) {
            return true;
        }
        at = method.end;
    }
    false
}

const fn contains(names: &[&str], name: &[u8]) -> bool {
    let mut index = 0;
    while index < names.len() {
        if same(names[index].as_bytes(), name) {
            return true;
        }
        index += 1;
    }
    false
}

/// A length-delimited field, and where the next one begins.
struct Field<'a> {
    value: &'a [u8],
    end: usize,
}

/// Returns the next field of this number.
const fn next(message: &[u8], mut at: usize, number: u64) -> Option<Field<'_>> {
    while at < message.len() {
        let (tag, start) = varint(message, at);
        let (value, end) = match tag & 7 {
            0 => (start, varint(message, start).1),
            1 => (start, start + 8),
            2 => {
                let (length, value) = varint(message, start);
                // `varint` limits the length to 32 bits.
                #[expect(clippy::cast_possible_truncation, reason = "at most 32 bits")]
                (value, value + length as usize)
            }
            5 => (start, start + 4),
            _ => malformed(),
        };
        if end > message.len() {
            malformed();
        }
        if tag == number << 3 | 2 {
            return Some(Field { value: slice(message, value, end), end });
        }
        at = end;
    }
    None
}

/// Reads a number, and returns where it ends.
const fn varint(bytes: &[u8], mut at: usize) -> (u64, usize) {
    let (mut number, mut shift) = (0, 0);
    while at < bytes.len() && shift < 64 {
        let byte = bytes[at];
        number |= ((byte & 0x7f) as u64) << shift;
        at += 1;
        if byte & 0x80 == 0 {
            return (number & 0xffff_ffff, at);
        }
        shift += 7;
    }
    malformed()
}

const fn malformed() -> ! {
    panic!("descriptor is not a serialized `FileDescriptorSet`: pass the one of the build")
}

const fn name_of(message: &[u8]) -> &[u8] {
    match next(message, 0, NAME) {
        Some(name) => name.value,
        None => b"",
    }
}

/// Whether a full name is `package.name`, or `name` without a package.
const fn is_named(full: &[u8], package: &[u8], name: &[u8]) -> bool {
    if package.is_empty() {
        return same(full, name);
    }
    full.len() == package.len() + 1 + name.len()
        && same(slice(full, 0, package.len()), package)
        && full[package.len()] == b'.'
        && same(slice(full, package.len() + 1, full.len()), name)
}

const fn slice(bytes: &[u8], start: usize, end: usize) -> &[u8] {
    bytes.split_at(end).0.split_at(start).1
}

const fn same(one: &[u8], other: &[u8]) -> bool {
    let mut index = 0;
    while index < one.len() && index < other.len() && one[index] == other[index] {
        index += 1;
    }
    one.len() == other.len() && index == one.len()
}

const fn text(bytes: &[u8]) -> &str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) => malformed(),
    }
}

/// Panics with a message of several parts, because a constant cannot format.
#[track_caller]
const fn fail(parts: &[&str]) -> ! {
    const LENGTH: usize = 400;
    let mut message = [0; LENGTH];
    let (mut length, mut index) = (0, 0);
    while index < parts.len() {
        let part = parts[index].as_bytes();
        let mut at = 0;
        // Only whole parts, because half a character is not text.
        while at < part.len() && length + part.len() - at <= LENGTH {
            message[length] = part[at];
            length += 1;
            at += 1;
        }
        index += 1;
    }
    panic!("{}", text(slice(&message, 0, length)))
}

#[cfg(test)]
mod tests {
    use super::assert_methods;
    use std::panic::catch_unwind;

    /// A field of a message.
    fn field(number: u8, value: &[u8]) -> Vec<u8> {
        [&[number << 3 | 2, u8::try_from(value.len()).expect("a short field")], value].concat()
    }

    fn service(name: &str, methods: &[&str]) -> Vec<u8> {
        let methods = methods.iter().flat_map(|method| field(2, &field(1, method.as_bytes())));
        field(6, &field(1, name.as_bytes()).into_iter().chain(methods).collect::<Vec<_>>())
    }

    /// A set of two files. The second has no package, and its package-like field comes late.
    fn descriptor() -> Vec<u8> {
        let orders = [
            field(1, b"orders.proto"),
            vec![9 << 3, 1],
            service("Orders", &["List", "Watch"]),
            service("Empty", &[]),
            field(2, b"orders.v1"),
        ]
        .concat();
        let other = [field(1, b"other.proto"), service("Orders", &["Other"])].concat();
        [field(1, &orders), field(1, &other)].concat()
    }

    fn message(descriptor: Vec<u8>, service: &'static str, methods: &'static [&'static str]) -> String {
        let failed = catch_unwind(move || assert_methods(&descriptor, service, methods)).expect_err("a panic");
        failed
            .downcast_ref::<String>()
            .cloned()
            .or(failed.downcast_ref::<&str>().map(|text| (*text).to_owned()))
            .expect("a message")
    }

    #[test]
    fn a_table_that_names_every_method_is_accepted() {
        assert_methods(&descriptor(), "orders.v1.Orders", &["Watch", "List"]);
        assert_methods(&descriptor(), "Orders", &["Other"]);
        assert_methods(&descriptor(), "orders.v1.Empty", &[]);
    }

    #[test]
    fn method_without_a_decision_is_named() {
        let missing = message(descriptor(), "orders.v1.Orders", &["List"]);
        assert_eq!(missing, "gRPC method has no decision: `orders.v1.Orders/Watch`: add it to `grpc_methods!`");
        let missing = message(descriptor(), "Orders", &[]);
        assert!(missing.contains("`Orders/Other`"), "{missing}");
    }

    #[test]
    fn name_that_the_service_does_not_have_is_named() {
        let unknown = message(descriptor(), "orders.v1.Orders", &["List", "Watch", "list"]);
        assert!(unknown.starts_with("service has no such method: `orders.v1.Orders/list`"), "{unknown}");
        let unknown = message(descriptor(), "orders.v2.Orders", &["List"]);
        assert!(unknown.starts_with("service is not in the descriptor: `orders.v2.Orders`"), "{unknown}");
    }

    /// A descriptor that is cut off must not hide the methods at its end.
    #[test]
    fn descriptor_that_is_not_whole_is_refused() {
        let whole = descriptor();
        for length in 1..whole.len() {
            let part = whole[..length].to_vec();
            let failed = catch_unwind(move || assert_methods(&part, "Orders", &["Other"]));
            assert!(failed.is_err(), "{length} of {}", whole.len());
        }
        assert!(message(vec![0x0b, 0], "Orders", &[]).contains("`FileDescriptorSet`"));
    }
}
