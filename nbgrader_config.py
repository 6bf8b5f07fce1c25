"""Settings of the course; what is not set here has nbgrader's and Lossmark's defaults."""

c = get_config()  # noqa: F821 (nbgrader provides it)

c.CourseDirectory.course_id = "losses"
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "results.json"]
c.Lossmark.order = ["hinge_loss", "softmax", "regularization", "gradients", "sgd", "image_features"]

# Grade behind the boundary: the submitted file as it is, in the sandbox, scored by the grader process.
c.Autograde.exporter_class = "lossmark.nbgrader.SubmissionExporter"
c.Autograde.sanitize_preprocessors = []
c.Autograde.autograde_preprocessors = [
    "lossmark.nbgrader.GradeNotebook",
    "lossmark.nbgrader.SaveScores",
    "nbgrader.preprocessors.AssignLatePenalties",
]

# Release no picture of a solution: nbgrader takes out the text alone.
c.GenerateAssignment.preprocessors.append("lossmark.release.ClearAttachments")

# Take regular files of a student's own account, at the time since which the exchange has had them; follow no link.
c.ExchangeFactory.collect = "lossmark.collect.Collect"
c.Autograde.pre_convert_hook = "lossmark.collect.before_autograde"

# Where the instant check is on (c.InstantCheck.enabled), it leaves out the short answers: they could be guessed.
c.InstantCheck.without = ["*_answers_tests"]

# What students wrote is shown to a person as text and pictures: nothing of it runs, or fetches anything.
c.HTMLExporter.filters = {
    "markdown2html": "lossmark.pages.markdown_to_html",
    "highlight_code": "lossmark.pages.code_to_html",
}
c.GenerateFeedback.preprocessors = ["lossmark.feedback.ReadGrades"]
c.GenerateFeedback.exporter_class = "lossmark.feedback.FeedbackExporter"
c.GenerateFeedback.force = True  # marks may have changed since a page was made
