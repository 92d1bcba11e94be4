"""A function with a server of its own, and the older name of the decorator."""

from fal import isolated


@isolated("virtualenv", exposed_port=8080, machine_type="S", keep_alive=20, requirements=["fastapi", "uvicorn"])
def own_server():
    import uvicorn
    from fastapi import FastAPI

    app = FastAPI(title="own")

    @app.get("/health")
    def health() -> dict:
        return {"ok": True}

    @app.post("/add")
    def add(numbers: dict) -> dict:
        return {"sum": sum(numbers.values())}

    uvicorn.run(app, host="0.0.0.0", port=8080)
