-- What Neovim shows of a project: `nvim --headless -u NONE -l nvim.lua` with a folder, or 0.7's `-S`.
local root, out = vim.env.KMBLINT_PROJECT, vim.env.KMBLINT_SEEN
local server = vim.split(vim.env.KMBLINT_SERVER, ' ')
local seen = {}
local function say(line) table.insert(seen, line) end
vim.lsp.handlers['window/showMessage'] = function(_, result) say('POP-UP ' .. result.message) end
vim.lsp.handlers['window/logMessage'] = function(_, result) say('LOG ' .. result.message) end
vim.cmd('edit ' .. vim.fn.fnameescape(root .. '/migrations/0002_two.sql'))
local buffer = vim.api.nvim_get_current_buf()
local client
if vim.lsp.start then
  client = vim.lsp.start({ name = 'kmblint', cmd = server, root_dir = root })
else
  client = vim.lsp.start_client({ name = 'kmblint', cmd = server, root_dir = root,
    workspace_folders = { { uri = vim.uri_from_fname(root), name = 'project' } } })
  vim.lsp.buf_attach_client(buffer, client)
end
local function until_(holds) return vim.wait(20000, holds, 50) end
local function shown() return vim.diagnostic.get(buffer) end
local function told(what)
  local lines = {}
  for _, each in ipairs(shown()) do
    table.insert(lines, (each.lnum + 1) .. ':' .. (each.col + 1) .. ' ' .. tostring(each.code or each.message))
  end
  table.sort(lines)
  say(what .. ': ' .. table.concat(lines, ', '))
end
local function asked(method, params)
  local answers = vim.lsp.buf_request_sync(buffer, method, params, 20000) or {}
  for _, answer in pairs(answers) do
    if answer.error then say('ERROR ' .. method .. ' ' .. answer.error.message) end
    return answer.result
  end
end
until_(function() return #shown() > 0 end)
told('opened')
vim.api.nvim_buf_set_lines(buffer, 0, 0, false, { '/* \226\128\168 \012 😀 */' })
vim.wait(2500)
told('a line with U+2028, a form feed and an emoji above')
local document = { uri = vim.uri_from_bufnr(buffer) }
local hover = asked('textDocument/hover', { textDocument = document, position = { line = 1, character = 13 } })
say('hover: ' .. (hover and vim.inspect(hover.contents.value):sub(1, 60) or 'nothing'))
local there = asked('textDocument/definition', { textDocument = document, position = { line = 1, character = 13 } })
there = there and (there[1] or there)
say('definition: ' .. (there and (there.uri:match('[^/]+$') .. ':' .. (there.range.start.line + 1)) or 'nothing'))
local whole = { start = { line = 0, character = 0 }, ['end'] = { line = 9, character = 0 } }
local actions = asked('textDocument/codeAction', { textDocument = document, range = whole, context = { diagnostics = {} } })
for _, each in ipairs(actions or {}) do say('action: ' .. each.title) end
vim.api.nvim_buf_set_lines(buffer, 0, -1, false, { 'ALTER TABLE wards ADD COLUMN floor TEXT;' })
vim.wait(2500)
told('mended')
local file = assert(io.open(out, 'w'))
file:write('Neovim ' .. vim.fn.matchstr(vim.fn.execute('version'), 'v\\d[^\\n]*') .. '\n' .. table.concat(seen, '\n') .. '\n')
file:close()
vim.cmd('qall!')
