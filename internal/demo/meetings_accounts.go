package demo

// accountsMeetings are fading out. At 10, 7 and 1 nobody came, and at the
// latest one people sat down and decided nothing.
var accountsMeetings = []Meeting{
	{Product: "accounts", Weeks: 12, Chair: ines, Choices: []Choice{
		commit("PM-30/1", ines, 10, ""),
		carry("PM-30/2", mei),
	}},
	{Product: "accounts", Weeks: 11, Chair: ines, Choices: []Choice{
		finish("PM-30/1", ines, "code.example.org/login/pull/1122"),
	}},
	{Product: "accounts", Weeks: 9, Chair: kavya, Choices: []Choice{
		carry("PM-34/2", mei),
	}},
	{Product: "accounts", Weeks: 8, Chair: ines, Choices: []Choice{
		finish("PM-30/2", mei, "code.example.org/profile/pull/398"),
	}},
	{Product: "accounts", Weeks: 6, Chair: ines, Choices: []Choice{
		carry("PM-36/1", luis),
		carry("PM-37/2", mei),
	}},
	{Product: "accounts", Weeks: 5, Chair: kavya, Choices: []Choice{
		carry("PM-37/2", mei),
	}},
	{Product: "accounts", Weeks: 4, Chair: ines, Choices: []Choice{
		carry("PM-36/1", luis),
	}},
	{Product: "accounts", Weeks: 3, Chair: kavya, Choices: []Choice{
		commit("PM-36/3", luis, 21, ""),
		carry("PM-37/2", mei),
	}},
	{Product: "accounts", Weeks: 2, Chair: ines, Choices: []Choice{
		commit("PM-37/2", mei, 25, ""),
		carry("PM-36/1", luis),
	}},
	{Product: "accounts", Weeks: 0, Chair: ines},
}
