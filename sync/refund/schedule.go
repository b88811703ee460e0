package refund

import "time"

// GiveUp is how long after its order a refund without an answer has failed.
const GiveUp = 3 * 24 * time.Hour

const (
	firstWait   = 2 * time.Second
	longestWait = time.Minute
	laterWait   = 10 * time.Minute
	quickTries  = 6 // 2, 4, 8, 16, 32, 60 s
)

// Wait is how long after an attempt, counted from 1, the next one is due: 2, 4 ... 60 s,
// then every 10 minutes.
func Wait(attempt int) time.Duration {
	if attempt > quickTries {
		return laterWait
	}
	return min(firstWait<<max(attempt-1, 0), longestWait)
}
