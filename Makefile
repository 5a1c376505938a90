# One command each: `make run` serves the product, `make test` tests it. See README.md.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# A value of the caller's PYTHONPATH or PYTHONHOME would mix other packages into the virtual environment.
unexport PYTHONPATH PYTHONHOME

VENV := .venv
PY := $(VENV)/bin/python

.PHONY: help run phone install install-dev test check format eval bench lock clean

help:
	@echo "make run     — запустить ВасДом (всё установит само)"
	@echo "make phone   — то же и телефон: свой Asterisk на этой машине, звонить на 1000"
	@echo "make test    — все тесты в два процесса, в том числе в браузере, если есть Chromium; ARGS=… — аргументы pytest"
	@echo "make check   — проверки кода: стиль, типы, слои, миграции, секреты, переводы"
	@echo "make eval    — насколько верно отвечает помощник, таблицей; ARGS=--show покажет ошибки, ARGS=--accept примет итог"
	@echo "make bench   — измерения скорости, таблицей"
	@echo "make format  — привести код к одному виду"
	@echo "make lock    — пересобрать requirements*.txt из requirements*.in"
	@echo "make clean   — удалить .venv и кэши; данные в var/ остаются"

run: install
	@exec $(PY) manage.py run --stop-with-parent

phone: install $(VENV)/.espeak
	@exec $(PY) manage.py run --phone --stop-with-parent

install: $(VENV)/.runtime
install-dev: $(VENV)/.dev

# The stamps are copies of what was installed, written last: an interrupted installation is repeated, a list that only
# looks newer is not. Without a working interpreter (the system's Python was upgraded) they mean nothing.
$(shell [ -x $(PY) ] || rm -f $(VENV)/.runtime $(VENV)/.dev $(VENV)/.espeak)

$(VENV)/.runtime: requirements.txt
	@cmp -s $< $@ || ./.ci/setup $(VENV) $<
	@cp $< $@

# Apart from the rest for its licence, GPL-3: whoever passes VasDom on chooses whether to pass this on, too.
$(VENV)/.espeak: requirements-espeak.txt | install
	@echo "Ставлю голос espeak-ng: русская речь без ключей и без сети. Отдельно, потому что его лицензия — GPL-3."
	@cmp -s $< $@ || ./.ci/setup $(VENV) $<
	@cp $< $@

$(VENV)/.dev: requirements-dev.txt requirements.txt
	@cmp -s $< $@ || ./.ci/setup $(VENV) $<
	@cp $< $@ && cp requirements.txt $(VENV)/.runtime && cp requirements-espeak.txt $(VENV)/.espeak

test: install-dev
	@$(PY) -m pytest $(or $(ARGS),-n 2)

check: install-dev
	@$(PY) -m vasdom.checks $(ARGS)

eval: install-dev
	@$(PY) -m tests.evaluation $(ARGS)

bench: install-dev
	@$(PY) -m tests.bench $(ARGS)

format: install-dev
	@$(PY) -m ruff check --fix . && $(PY) -m ruff format .

lock: install-dev
	$(PY) -m uv pip compile --quiet --universal --python-version 3.11 --custom-compile-command "make lock" --no-emit-index-url requirements.in -o requirements.txt
	$(PY) -m uv pip compile --quiet --universal --python-version 3.11 --custom-compile-command "make lock" --no-emit-index-url requirements-dev.in -o requirements-dev.txt

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .schemathesis
	find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +
