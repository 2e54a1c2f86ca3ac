//! How values are kept as JSON.

/// Money as its text: `1500.00 USD`.
pub(crate) mod money {
    use clio_model::Money;
    use serde::{Deserialize, Deserializer, Serializer, de::Error as _};

    pub(crate) fn serialize<S: Serializer>(money: &Money, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(money)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Money, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// The state of a bill as Clio's word for it.
pub(crate) mod bill_state {
    use clio_core::{schema::choices::BillState, values::Choice};
    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(state: &BillState, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(state.read_name())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BillState, D::Error> {
        Ok(BillState::from_wire(&String::deserialize(deserializer)?))
    }
}
