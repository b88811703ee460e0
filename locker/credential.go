package locker

import "time"

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

// Guard counts wrong PINs for the whole station. It slows typing down and never
// touches QR codes. A restart does not shorten a wait: it begins again in full.
type Guard struct {
	Failures int           `json:"failures"` // in a row
	Wait     time.Duration `json:"wait"`     // the wait imposed by the last failure
	Until    time.Time     `json:"until"`
}

// maxWait bounds the wait between wrong PINs. With 60 doors occupied, 8 digits
// and a try every 5 minutes, a lucky hit takes 16 years on average.
const maxWait = 5 * time.Minute

// failed returns the guard after one more wrong PIN: the first free tries cost
// nothing, then the wait doubles from 2 s to 5 min.
func (g Guard) failed(now time.Time, free int) Guard {
	g.Failures++
	if over := g.Failures - free; over >= 0 {
		g.Wait = maxWait
		if over < 8 {
			g.Wait = min(2*time.Second<<over, maxWait)
		}
		g.Until = now.Add(g.Wait)
	}
	return g
}

// waiting returns how long PINs are still refused.
func (g Guard) waiting(now time.Time) time.Duration { return max(0, g.Until.Sub(now)) }
