;; What compilation-mode makes of report.concise: file, line, column and type (0 info, 1 warning, 2 error) of each line.
(require 'compile)
(set-language-environment "UTF-8")
(with-temp-buffer
  (insert-file-contents "report.concise")
  (compilation-mode)
  (let ((inhibit-read-only t)) (compilation--ensure-parse (point-max)))
  (goto-char (point-min))
  (while (not (eobp))
    (let ((message (get-text-property (point) 'compilation-message)))
      (when message
        (let ((loc (compilation--message->loc message)))
          (princ (format "%s\t%s\t%s\t%s\n" (caar (compilation--loc->file-struct loc)) (compilation--loc->line loc)
                         (compilation--loc->col loc) (compilation--message->type message))))))
    (forward-line 1)))
