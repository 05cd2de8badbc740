//! What kind of place an address is.
//!
//! Invariant: IPv4 is public unless a range below says otherwise; IPv6 is
//! public only inside `2000::/3`, so that a range nobody thought of is refused.
//! An address that carries an IPv4 address is what that one is.
//!
//! Neighbours: `egress` decides which places may be called.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

/// What kind of place an address is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Public,
    Loopback,
    Private,
    SharedNat,
    LinkLocal,
    Metadata,
    Unspecified,
    Multicast,
    Broadcast,
    Documentation,
    Benchmarking,
    Tunnel,
    Reserved,
}

const V4: &[(Ipv4Net, Place)] = &[
    (v4(0, 0, 0, 0, 8), Place::Unspecified),
    (v4(10, 0, 0, 0, 8), Place::Private),
    // Alibaba's metadata, inside the range of carrier-grade NAT.
    (v4(100, 100, 100, 200, 32), Place::Metadata),
    (v4(100, 64, 0, 0, 10), Place::SharedNat),
    (v4(127, 0, 0, 0, 8), Place::Loopback),
    // Azure's metadata, a public address that is never public.
    (v4(168, 63, 129, 16, 32), Place::Metadata),
    (v4(169, 254, 169, 254, 32), Place::Metadata),
    // Amazon's credentials of a container.
    (v4(169, 254, 170, 2, 32), Place::Metadata),
    (v4(169, 254, 170, 23, 32), Place::Metadata),
    (v4(169, 254, 0, 0, 16), Place::LinkLocal),
    (v4(172, 16, 0, 0, 12), Place::Private),
    // Oracle's metadata.
    (v4(192, 0, 0, 192, 32), Place::Metadata),
    (v4(192, 0, 0, 0, 24), Place::Reserved),
    (v4(192, 0, 2, 0, 24), Place::Documentation),
    (v4(192, 88, 99, 0, 24), Place::Tunnel),
    (v4(192, 168, 0, 0, 16), Place::Private),
    (v4(198, 18, 0, 0, 15), Place::Benchmarking),
    (v4(198, 51, 100, 0, 24), Place::Documentation),
    (v4(203, 0, 113, 0, 24), Place::Documentation),
    (v4(224, 0, 0, 0, 4), Place::Multicast),
    (v4(255, 255, 255, 255, 32), Place::Broadcast),
    (v4(240, 0, 0, 0, 4), Place::Reserved),
];

const V6: &[(Ipv6Net, Place)] = &[
    (v6([0, 0, 0, 0, 0, 0, 0, 0], 128), Place::Unspecified),
    (v6([0, 0, 0, 0, 0, 0, 0, 1], 128), Place::Loopback),
    // Amazon's metadata, its credentials of a container, and Google's metadata.
    (v6([0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254], 128), Place::Metadata),
    (v6([0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23], 128), Place::Metadata),
    (v6([0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254], 128), Place::Metadata),
    (v6([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7), Place::Private),
    (v6([0xfec0, 0, 0, 0, 0, 0, 0, 0], 10), Place::Private),
    (v6([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10), Place::LinkLocal),
    (v6([0xff00, 0, 0, 0, 0, 0, 0, 0], 8), Place::Multicast),
    // Teredo, and 6to4 below: both would reach an IPv4 address of the sender's choice.
    (v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 32), Place::Tunnel),
    (v6([0x2001, 2, 0, 0, 0, 0, 0, 0], 48), Place::Benchmarking),
    (v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 23), Place::Reserved),
    (v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32), Place::Documentation),
    (v6([0x2002, 0, 0, 0, 0, 0, 0, 0], 16), Place::Tunnel),
    (v6([0x3ffe, 0, 0, 0, 0, 0, 0, 0], 16), Place::Reserved),
    (v6([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20), Place::Documentation),
    (v6([0x2000, 0, 0, 0, 0, 0, 0, 0], 3), Place::Public),
];

/// NAT64: the last 32 bits are an IPv4 address on the other side.
const NAT64: Ipv6Net = v6([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96);

impl Place {
    /// What kind of place `address` is.
    pub(crate) fn of(address: IpAddr) -> Self {
        match (address, carried(address)) {
            (IpAddr::V4(address), _) | (_, Some(address)) => Self::of_v4(address),
            (IpAddr::V6(address), None) => Self::of_v6(address),
        }
    }

    fn of_v4(address: Ipv4Addr) -> Self {
        V4.iter().find(|(net, _)| net.contains(&address)).map_or(Self::Public, |(_, place)| *place)
    }

    fn of_v6(address: Ipv6Addr) -> Self {
        match V6.iter().find(|(net, _)| net.contains(&address)) {
            // ISATAP hides an IPv4 address in any network.
            Some((_, Self::Public)) if matches!(address.segments(), [_, _, _, _, 0 | 0x200, 0x5efe, ..]) => {
                Self::Tunnel
            }
            Some((_, place)) => *place,
            None => Self::Reserved,
        }
    }

    /// Whether naming a host is enough to allow it there. Where it is not, the
    /// owner has to name the network: whoever may add a name to the zone of an
    /// allowed `*.example.org` shall not reach credentials with it.
    pub(crate) fn is_allowed_by_name(self) -> bool {
        matches!(self, Self::Public | Self::Loopback | Self::Private | Self::SharedNat)
    }

    /// The place in a sentence: "is …".
    pub(crate) fn describe(self) -> &'static str {
        match self {
            Self::Public => "a public address",
            Self::Loopback => "a loopback address",
            Self::Private => "a private address",
            Self::SharedNat => "an address of carrier-grade NAT",
            Self::LinkLocal => "a link-local address",
            Self::Metadata => "a cloud metadata address",
            Self::Unspecified => "an unspecified address",
            Self::Multicast => "a multicast address",
            Self::Broadcast => "a broadcast address",
            Self::Documentation => "an address for documentation",
            Self::Benchmarking => "an address for benchmarks",
            Self::Tunnel => "an address of an IPv4 tunnel",
            Self::Reserved => "a reserved address",
        }
    }
}

/// The IPv4 address that an IPv6 address stands for, where the network makes one of the other.
pub(crate) fn carried(address: IpAddr) -> Option<Ipv4Addr> {
    let IpAddr::V6(address) = address else { return None };
    if NAT64.contains(&address) {
        let [.., a, b, c, d] = address.octets();
        return Some(Ipv4Addr::new(a, b, c, d));
    }
    address.to_ipv4_mapped()
}

const fn v4(a: u8, b: u8, c: u8, d: u8, length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length)
}

const fn v6(segments: [u16; 8], length: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::from_segments(segments), length)
}
