" What Vim's quickfix list holds of report.concise, with the 'errorformat' of the README.
set errorformat=%f:%l:%c:\ %t%*[^:]:\ %m
cgetfile report.concise
call writefile(map(getqflist(), {_, e -> join([bufname(e.bufnr), e.lnum, e.col, e.type, e.text], "\t")}), 'vim.out')
qa!
