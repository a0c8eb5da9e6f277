# The suite on a CPU. The models are fetched when they are first needed, into the volume /models.
#
#   docker build --tag ast-stems .
#   docker run --rm --volume /path/to/dsd100:/data:ro --volume ast-models:/models \
#       --volume "$PWD":/results ast-stems analyze dsd100 /data
#
# With Apptainer (it runs as you, so the folder for the models must be yours):
#
#   apptainer build ast-stems.sif docker-daemon://ast-stems:latest
#   apptainer run --bind /path/to/dsd100:/data,models:/models,"$PWD":/results --pwd /results \
#       ast-stems.sif analyze dsd100 /data
#
# From PyPI torch comes with its CUDA libraries, several GB. For torch's CPU build give the address
# of PyTorch's CPU index: docker build --build-arg PIP_EXTRA_INDEX_URL=ADDRESS --tag ast-stems .
FROM python:3.13-slim

ARG PIP_EXTRA_INDEX_URL=""

WORKDIR /suite
COPY requirements.txt .
RUN PIP_EXTRA_INDEX_URL="$PIP_EXTRA_INDEX_URL" \
    pip install --no-cache-dir --requirement requirements.txt
COPY pyproject.toml README.md LICENSE ./
COPY AST AST
RUN pip install --no-cache-dir --no-deps .

RUN useradd --create-home listener \
    && mkdir /models /results && chown listener /models /results && chmod 1777 /models /results
USER listener
ENV HF_HOME=/models/huggingface XDG_CACHE_HOME=/models MPLCONFIGDIR=/tmp/matplotlib
VOLUME /models
WORKDIR /results
ENTRYPOINT ["ast-stems"]
CMD ["--help"]
