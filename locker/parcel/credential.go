package parcel

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

	ByToken CredentialKind = "token" // scanned; a centre has made it, before the parcel came
)

// A Credential opens the door of one parcel, once. Only its keyed hash is kept, and of a
// token its id.
type Credential struct {
	Hash   string          `json:"hash"` // hexadecimal; how it is made is package secret's business
	Kind   CredentialKind  `json:"kind"`
	Parcel string          `json:"parcel"`
	State  CredentialState `json:"state"`
}
