package pgtest

import "syscall"

// endWithParent makes the kernel stop the server at once when the process of
// the tests ends, however it does.
func endWithParent(attributes *syscall.SysProcAttr) { attributes.Pdeathsig = syscall.SIGQUIT }
