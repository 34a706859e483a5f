package prioritizer

// wordClass says what a word does in a title. The classes from content on are
// of words that say what the title is about.
type wordClass uint8

const (
	wordGlue        wordClass = iota // says nothing by itself
	wordSoft                         // before the verb: we should
	wordFiller                       // fits every system: monitoring, issue
	wordTrouble                      // issue, error
	wordWatching                     // fillers that are verbs too: alert at
	wordLight                        // verbs that fit every filler: add, update
	wordImproving                    // verbs without an end
	wordReshaping                    // verbs that say what changes, but not into what
	wordMoving                       // verbs that move a number
	wordSpeed                        // the same only in speed up, speed the
	wordInquiring                    // verbs of which the result is knowledge
	wordLooking                      // the same with a particle: look into
	wordWorking                      // work on
	wordCleaning                     // clean up
	wordFollowing                    // follow up, follow a process
	wordAppeal                       // verbs that are meant for people
	wordTelling                      // the same if a person follows
	wordBeing                        // be, stay
	wordMaking                       // make it reliable
	wordSurely                       // make sure
	wordEnsuring                     // verbs that name a wish
	wordSolving                      // verbs for what shall not be
	wordForbidding                   // the same, of what can be forbidden too: prevent
	wordGathering                    // hold a meeting
	wordMeeting                      // the meeting
	wordPerson                       // a group of people
	wordVirtue                       // what people should be or have
	wordCustom                       // what people should follow
	wordHappening                    // what shall not be again
	wordNever                        // never, not
	wordAgain                        // again
	wordComparative                  // better
	wordProgress                     // improvement
	wordQuality                      // what everything should be
	wordAnything                     // words that anything fits
	wordDeferral                     // words that put a thing off by themselves
	wordWhenever                     // if, when: of possible, needed
	wordChance                       // possible, needed: behind if, when
	wordClock                        // have time
	wordFitting                      // appropriate
	wordThan                         // more than
	wordNegation                     // no more
	wordOnto                         // particles: on, into, out
	wordUpward                       // up
	wordDirection                    // to, into
	wordWithout                      // without
	wordDuring                       // while, during
	wordAfter                        // after, before
	wordOnly                         // only
	wordBy                           // by doing
	wordMeans                        // using, via
	wordAlso                         // and, then
	wordEvery                        // every, each
	wordBound                        // above, exceeds, >

	wordContent    // any word that is not in the vocabulary
	wordConcluding // verbs that give an inquiry a result
	wordIdentifier // the name of something technical
	wordNumber
	wordUnit
	wordCadence  // how often
	wordGranting // time permits
	wordPart     // nouns that make a noun of the word before: audit trail

	wordClasses // how many there are: a sentence keeps them in 64 bits
)

var _ [64 - wordClasses]struct{}

// classOf returns the class of a lower-case word. Words of other languages are
// content, and so nearly nothing is found in their titles.
func classOf(word []byte) wordClass {
	switch string(word) {
	case "a", "an", "the", "this", "that", "these", "those", "it", "its", "they", "them", "their", "our", "us", "your", "my", "me",
		"of", "in", "or", "but", "from", "is", "are", "was", "were", "been", "being", "do", "does", "did", "can", "could", "would",
		"may", "might", "which", "who", "there", "here", "too", "very", "much", "many", "some", "such", "own",
		"few", "lot", "lots", "bit", "so", "now", "both", "between", "across", "around", "within", "against",
		"through", "per", "even", "still", "yet", "down", "back", "off", "able", "way", "ways", "date", "e.g", "i.e", "eg", "ie":
		return wordGlue
	case "we", "i", "you", "should", "need", "needs", "must", "please", "let's", "lets", "try", "trying", "start", "begin", "continue",
		"will", "want", "just", "further", "generally", "continuously", "significantly", "drastically", "todo", "action", "item":
		return wordSoft
	case "alerts", "alerting", "alarms", "monitoring", "tests", "testing", "logging", "logs", "metric", "metrics",
		"dashboard", "dashboards", "documentation", "docs", "doc", "runbook", "runbooks", "playbook", "playbooks", "observability",
		"resilience", "resiliency", "reliability", "stability", "performance", "scalability", "availability", "maintainability",
		"process", "processes", "tooling", "tools", "tool", "automation", "communication", "training", "validation",
		"handling", "capacity", "planning", "infrastructure", "infra", "system", "systems", "plan", "plans",
		"strategy", "solution", "solutions", "framework", "checks", "safeguards", "guardrails", "coverage", "code",
		"cause", "causes", "caused", "causing", "root", "service", "services", "app", "apps", "application", "applications", "platform", "platforms",
		"environment", "environments", "production", "prod", "visibility", "maintenance", "technical", "tech", "debt", "security",
		"approach", "response", "detection", "prevention", "redundancy", "measures", "mitigation", "mitigations",
		"missing", "outdated", "old", "new", "existing", "current", "relevant", "critical", "important", "key",
		"flaky", "noisy", "noise", "bad", "unit", "integration", "regression", "load", "e2e", "end-to-end", "high", "low", "full", "complete",
		"additional", "extra", "other", "all", "any", "manual", "automated", "automatic", "automatically", "internal", "external", "underlying",
		"similar", "same", "situation", "closely", "human", "general", "overall", "basic", "take", "works", "correctly", "toil", "change", "changes", "deployment", "deployments",
		"deploy", "deploys", "release", "releases", "project", "culture", "ownership", "responsibilities", "quality", "experience", "future",
		"update", "keep", "maintain", "manage", "support", "drive",
		"done", "finished", "completed", "ready", "ok", "okay", "none", "n/a":
		return wordFiller
	case "issue", "issues", "problem", "problems", "bug", "bugs", "outage", "outages", "incident", "incidents", "failure", "failures",
		"error", "errors", "exception", "exceptions", "mistake", "mistakes", "impact", "risk", "risks":
		return wordTrouble
	case "alert", "test", "log", "check", "monitor":
		return wordWatching
	case "add", "write", "create", "set", "implement", "build", "introduce", "get", "define", "establish", "develop", "provide",
		"put", "give", "use", "perform", "deliver", "configure", "setup",
		"finish", "finalise", "finalize", "apply", "adopt":
		return wordLight
	case "improve", "enhance", "optimise", "optimize", "strengthen", "boost", "streamline", "harden", "refine", "polish", "tidy", "mature",
		"communicate", "coordinate", "collaborate", "promote", "foster", "strive", "prioritise", "prioritize", "focus", "advocate",
		"facilitate", "leverage", "uplift":
		return wordImproving
	case "rethink", "revamp", "overhaul", "modernise", "modernize", "simplify", "refactor", "rework", "redesign", "restructure",
		"reorganise", "reorganize":
		return wordReshaping
	case "increase", "reduce", "decrease", "minimise", "minimize", "maximise", "maximize", "tighten", "tune", "fine-tune", "adjust",
		"shorten", "lower", "accelerate", "scale", "expand", "grow":
		return wordMoving
	case "speed":
		return wordSpeed
	case "investigate", "explore", "consider", "discuss", "evaluate", "assess", "research", "review", "examine", "analyse", "analyze",
		"study", "revisit", "reconsider", "brainstorm", "understand", "identify", "determine", "audit", "investigation", "evaluation",
		"learn", "why", "how", "what":
		return wordInquiring
	case "look", "think", "deal", "cope", "dig", "figure", "talk", "speak", "reach", "find":
		return wordLooking
	case "work", "working":
		return wordWorking
	case "clean":
		return wordCleaning
	case "follow", "come":
		return wordFollowing
	case "remind", "educate", "coach", "encourage", "urge", "double-check", "doublecheck", "familiarise", "familiarize", "inform":
		return wordAppeal
	case "tell", "ask", "train", "teach", "warn":
		return wordTelling
	case "be", "stay", "remain":
		return wordBeing
	case "make":
		return wordMaking
	case "sure", "certain":
		return wordSurely
	case "ensure", "guarantee", "assure":
		return wordEnsuring
	case "fix", "resolve", "solve", "address", "mitigate", "eliminate", "handle", "tackle", "debug", "troubleshoot":
		return wordSolving
	case "prevent", "avoid":
		return wordForbidding
	case "schedule", "hold", "organise", "organize", "arrange", "have", "conduct", "run":
		return wordGathering
	case "meeting", "meetings", "workshop", "workshops", "brainstorming", "discussion", "discussions", "seminar":
		return wordMeeting
	case "team", "teams", "everyone", "everybody", "people", "engineer", "engineers", "developer", "developers", "devs", "staff",
		"colleagues", "operators", "folks", "members", "responders":
		return wordPerson
	case "careful", "carefully", "cautious", "mindful", "vigilant", "vigilance", "diligent", "diligence", "awareness", "attention",
		"attentive", "eye", "care", "proactive", "proactively", "discipline", "disciplined":
		return wordVirtue
	case "practice", "practices", "checklist", "guideline", "guidelines", "procedure", "procedures", "policy", "policies", "standards",
		"conventions":
		return wordCustom
	case "happen", "happens", "happening", "happened", "occur", "occurs", "occurring", "recur", "recurs", "recurring", "recurrence",
		"reoccur", "reoccurring", "repeat", "repeating":
		return wordHappening
	case "again", "anymore":
		return wordAgain
	case "never", "not":
		return wordNever
	case "better", "more", "faster", "easier", "safer", "fewer", "less", "stronger", "simpler", "clearer", "smarter", "improved", "enhanced",
		"sooner", "cleaner", "tighter", "stricter":
		return wordComparative
	case "improvement", "improvements", "enhancement", "enhancements", "optimisation", "optimisations", "optimization", "optimizations":
		return wordProgress
	case "reliable", "resilient", "stable", "scalable", "easy", "fast", "safe", "clear", "simple", "maintainable", "efficient", "good", "great",
		"nice", "usable", "readable", "actionable", "healthy", "sane", "smart", "trustworthy", "useful", "performant":
		return wordQuality
	case "everything", "everywhere", "comprehensive", "proper", "properly", "appropriately", "adequate", "adequately",
		"thorough", "thoroughly", "holistic", "robust", "sensible", "seamless", "foolproof", "bulletproof", "stuff", "things", "misc",
		"miscellaneous", "various":
		return wordAnything
	case "eventually", "someday", "sometime", "ideally", "etc", "maybe", "perhaps", "possibly", "hopefully", "tbd", "tbc", "soon":
		return wordDeferral
	case "when", "if", "where", "whenever", "wherever", "as":
		return wordWhenever
	case "appropriate", "suitable":
		return wordFitting
	case "possible", "needed", "necessary", "feasible", "convenient", "applicable":
		return wordChance
	case "permits", "permit", "allows":
		return wordGranting
	case "time":
		return wordClock
	case "than":
		return wordThan
	case "no":
		return wordNegation
	case "on", "onto", "at", "about", "out", "with", "for":
		return wordOnto
	case "up":
		return wordUpward
	case "to", "into":
		return wordDirection
	case "without":
		return wordWithout
	case "while", "during", "until", "unless":
		return wordDuring
	case "after", "before":
		return wordAfter
	case "only":
		return wordOnly
	case "by":
		return wordBy
	case "using", "via":
		return wordMeans
	case "and", "then":
		return wordAlso
	case "every", "each":
		return wordEvery
	case "above", "below", "over", "under", "exceeds", "exceed", "exceeding", "least", "most", "beyond":
		return wordBound
	case "record", "document", "decide", "report", "delete", "remove", "cap", "file", "publish", "list", "close", "replace", "migrate",
		"disable", "move", "pick", "choose", "open", "merge", "drop", "send", "turn", "present", "reject", "revoke", "archive", "export", "retire",
		"page", "block", "fail", "limit", "rate-limit", "raise", "revert", "roll", "restart", "rename", "switch", "upgrade", "downgrade", "pin",
		"patch", "correct", "stop", "enable", "refuse", "return", "bump", "rotate", "split", "rewrite", "automate", "restore", "repair":
		return wordConcluding
	case "trail", "trails", "bound", "bounds", "factor", "factors", "step", "steps", "gate", "gates", "template", "deadline", "reminder":
		return wordPart
	case "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve", "fifteen", "twenty", "thirty", "hundred", "zero":
		return wordNumber
	case "percent", "second", "seconds", "sec", "secs", "ms", "millisecond", "milliseconds", "minute", "minutes", "min", "mins", "hour", "hours",
		"day", "days", "week", "weeks", "month", "months", "quarter", "quarters", "year", "sprint", "sprints", "s", "m", "h", "d",
		"kb", "mb", "gb", "tb", "kib", "mib", "gib", "rps", "qps", "times", "x":
		return wordUnit
	case "daily", "weekly", "monthly", "quarterly", "nightly", "hourly", "yearly", "annually", "twice":
		return wordCadence
	}
	return wordContent
}
