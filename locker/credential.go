package locker

// CredentialState tells whether a credential still opens its door.
type CredentialState string

const (
	Live    CredentialState = "live"
	Used    CredentialState = "used"    // its parcel was collected
	Revoked CredentialState = "revoked" // its parcel was taken back
)

// CredentialKind tells how a credential is presented.
type CredentialKind string

const (
	ByCode CredentialKind = "code" // scanned
	ByPIN  CredentialKind = "pin"  // typed
)

// A Credential opens the door of one parcel, once. Only its keyed hash is kept.
type Credential struct {
	Hash   string          `json:"hash"` // hexadecimal; how it is made is package secret's business
	Kind   CredentialKind  `json:"kind"`
	Parcel string          `json:"parcel"`
	State  CredentialState `json:"state"`
}

// A Secret is a pickup code with its PIN, made before it is needed so that
// deciding stays pure. Code and PIN are in clear and must not be kept.
type Secret struct {
	Code, PIN         string
	CodeHash, PINHash string
}

// A CourierRecord is a courier with the hashes that identify him.
type CourierRecord struct {
	Courier
	BadgeHash string `json:"badge_hash"`
	PINHash   string `json:"pin_hash"`
	CardHash  string `json:"card_hash,omitempty"` // empty: he has none
}
