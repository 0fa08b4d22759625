# make demo    grade a class of made-up submissions and print who misunderstood what
# make test    run every test
# make lab     open the notebooks, Formgrader among them, in JupyterLab
# make lint    look for mistakes a machine can see
# make stored  run notebooks and store their outputs: make stored ARGS=lectures/02-logistic-regression.ipynb
# make site    write the lectures and nnlib's API as pages, build/site/index.html
# make slides  write the lectures as slides, build/slides/01-neuron.slides.html and so on
#
# Each first builds .venv from requirements.txt. PYTHON=/path/to/python3.12 chooses the interpreter that .venv is built
# with (`make clean` first to change it); ARGS="..." is handed on to the command that the target runs.

INSTALLED := .venv/.installed
# nbgrader finds alembic, and notebooks find jupyter, on PATH
IN_VENV := PATH="$(CURDIR)/.venv/bin:$$PATH"
# one thread: sums come out the same on every machine, and parallel tests do not fight over the cores
ONE_THREAD := OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 MKL_NUM_THREADS=1
AS_ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)

.PHONY: demo test lab lint stored site slides venv clean bubblewrap
.NOTPARALLEL:

demo: bubblewrap venv
	@$(IN_VENV) autograder demo $(ARGS)

# three at once, for many tests wait; in their order, for those that take long come first
test: bubblewrap venv
	@$(IN_VENV) $(ONE_THREAD) python -m pytest -n 3 --dist loadfile --no-loadscope-reorder --durations=15 $(ARGS)

lab: venv
	@$(IN_VENV) $(ONE_THREAD) jupyter lab $(AS_ROOT) $(ARGS)

lint: venv
	@$(IN_VENV) ruff check $(ARGS) .
	@$(IN_VENV) ruff format --check .

stored: venv
	@$(IN_VENV) $(ONE_THREAD) jupyter nbconvert --log-level ERROR --to notebook --execute --inplace \
		--ExecutePreprocessor.record_timing=False $(or $(ARGS),$(error Say which: make stored ARGS=lectures/04-minibatches.ipynb))

site: venv
	@$(IN_VENV) python -m docs.site -W --keep-going $(ARGS)

slides: venv
	@$(IN_VENV) python -m docs.slides

venv: $(INSTALLED)

$(INSTALLED): requirements.txt pyproject.toml
	@PYTHON="$(PYTHON)" .ci/venv
	@touch $@

bubblewrap:
	@.ci/bubblewrap

clean:
	rm -rf .venv build *.egg-info .pytest_cache .ruff_cache
